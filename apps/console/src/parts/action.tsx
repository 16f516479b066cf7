import { Button, type ButtonProps } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Role } from '#shared/api-keys/role.ts';
import { useMay } from '../app/me.ts';
import { shellTexts } from '../app/texts.ts';
import { useTexts } from '../texts/language.tsx';
import { Tip } from './tip.tsx';

/**
 * A button for something that takes a role. Whoever has not the role sees it and is told why it does nothing; `whyNot` is
 * the same for other reasons. It stays reachable by keyboard either way, so that the reason can be read.
 */
export function Action({
  needs,
  whyNot,
  does,
  children,
  ...button
}: ButtonProps & { needs: Role; whyNot?: string | undefined; does: () => void; children: ReactNode }) {
  const say = useTexts(shellTexts);
  const may = useMay(needs);
  const reason = may ? whyNot : say(`takesRole_${needs}`);
  const blocked = reason !== undefined;
  return (
    <Tip label={reason} disabled={!blocked}>
      <Button
        {...button}
        aria-disabled={blocked || undefined}
        data-disabled={blocked || undefined}
        onClick={() => {
          if (!blocked) does();
        }}
      >
        {children}
      </Button>
    </Tip>
  );
}

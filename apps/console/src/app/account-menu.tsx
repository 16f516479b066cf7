import { UnstyledButton, type UnstyledButtonProps } from '@mantine/core';
import { IconUserCircle } from '@tabler/icons-react';
import { type ComponentPropsWithRef, lazy, Suspense, useState } from 'react';
import { useTexts } from '../texts/language.tsx';
import { useMe } from './me.ts';
import classes from './shell.module.css';
import { shellTexts } from './texts.ts';

const load = () => import('./account-dropdown.tsx');
const AccountDropdown = lazy(async () => ({ default: (await load()).AccountDropdown }));

/** Who is signed in, and how they want the console. The menu is fetched when somebody comes near it. */
export function AccountMenu({ isNarrow, showHelp }: { isNarrow: boolean; showHelp: () => void }) {
  const [isWanted, setWanted] = useState(false);
  const button = (
    <AccountButton
      isNarrow={isNarrow}
      aria-haspopup="menu"
      onPointerEnter={() => void load()}
      onFocus={() => void load()}
      onClick={() => setWanted(true)}
    />
  );
  if (!isWanted) return button;
  return (
    <Suspense fallback={button}>
      <AccountDropdown isNarrow={isNarrow} showHelp={showHelp} />
    </Suspense>
  );
}

export function useMyName(): string {
  const say = useTexts(shellTexts);
  const { kind, name } = useMe();
  return kind === 'local' ? say('atThisMachine') : name;
}

export function AccountButton({
  isNarrow,
  ...button
}: { isNarrow: boolean } & UnstyledButtonProps & ComponentPropsWithRef<'button'>) {
  const say = useTexts(shellTexts);
  const name = useMyName();
  return (
    <UnstyledButton
      {...button}
      className={classes.item}
      aria-label={isNarrow ? `${say('signedInAs')} ${name}` : undefined}
    >
      <IconUserCircle size={18} stroke={1.75} aria-hidden />
      {!isNarrow && <span className={classes.label}>{name}</span>}
    </UnstyledButton>
  );
}

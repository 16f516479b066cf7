import { Alert } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Tone } from '../theme/tokens.ts';

const icons: Readonly<Record<Tone, typeof IconAlertTriangle>> = {
  good: IconCircleCheck,
  held: IconAlertTriangle,
  bad: IconAlertTriangle,
  info: IconInfoCircle,
  quiet: IconInfoCircle,
};

/** Something to know where it matters, in its tone. */
export function Notice({ children, title, tone }: { tone: Tone; title?: string; children?: ReactNode }) {
  const Icon = icons[tone];
  return (
    <Alert
      title={title}
      icon={<Icon size={18} aria-hidden />}
      maw={860}
      styles={{
        root: { background: `var(--c-${tone}-back)`, border: `1px solid var(--c-${tone}-mark)` },
        icon: { color: `var(--c-${tone}-text)` },
        title: { color: `var(--c-${tone}-text)` },
        message: { color: 'var(--c-text)' },
      }}
    >
      {children}
    </Alert>
  );
}

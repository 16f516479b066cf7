import { AppShell, Burger, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Outlet, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useEffect, useState } from 'react';
import { LiveProvider } from '../api/live/live.tsx';
import { useKept } from '../parts/table/kept.ts';
import { useTexts } from '../texts/language.tsx';
import { useKeys } from './keys.ts';
import { Rail } from './rail.tsx';
import classes from './shell.module.css';
import { SignInGate } from './sign-in-gate.tsx';
import { shellTexts } from './texts.ts';

const KeyboardHelp = lazy(async () => ({ default: (await import('./keyboard-help.tsx')).KeyboardHelp }));
const RAIL = { wide: 208, narrow: 60 };

/** What is around every screen, for whoever is signed in. */
export function Shell() {
  return (
    <SignInGate>
      <LiveProvider>
        <Frame />
      </LiveProvider>
    </SignInGate>
  );
}

function Frame() {
  const say = useTexts(shellTexts);
  const [isOpen, { close, toggle }] = useDisclosure();
  const [isNarrow, keepNarrow] = useKept('rail.narrow', false);
  const [helps, setHelps] = useState(false);
  useKeys(useCallback(() => setHelps(true), []));
  const path = useRouterState({ select: ({ location }) => location.pathname });
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever went somewhere has no more use for the menu
  useEffect(close, [path]);
  return (
    <AppShell
      header={{ height: { base: 48, sm: 0 } }}
      navbar={{ width: isNarrow ? RAIL.narrow : RAIL.wide, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding={{ base: 'sm', sm: 'lg' }}
      transitionDuration={0}
    >
      <a href="#main" className={classes.skip}>
        {say('skip')}
      </a>
      <AppShell.Header className={classes.header} hiddenFrom="sm">
        <Group h="100%" px="sm" gap="sm">
          <Burger
            size="sm"
            opened={isOpen}
            onClick={toggle}
            aria-label={say('menu')}
            aria-expanded={isOpen}
          />
          <Text fw={600}>{say('product')}</Text>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar className={classes.navbar} aria-label={say('areas')}>
        <Rail isNarrow={isNarrow && !isOpen} setNarrow={keepNarrow} showHelp={() => setHelps(true)} />
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1} className={classes.main}>
        <Outlet />
      </AppShell.Main>
      <Suspense>{helps && <KeyboardHelp close={() => setHelps(false)} />}</Suspense>
    </AppShell>
  );
}

import '@mantine/core/styles.css';
import '@fontsource-variable/inter/wght.css';
import './theme/base.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { lazy, StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { createQueryClient } from './api/queries.ts';
import { router } from './app/router.tsx';
import { LanguageProvider } from './texts/language.tsx';
import { schemeManager, theme, variables } from './theme/theme.ts';

// After the first screen: nothing is told before.
const Told = lazy(async () => ({ default: (await import('./parts/told.tsx')).Told }));

const place = document.getElementById('console');
if (place === null) throw new Error('index.html has no place for the console');

createRoot(place).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={variables}
      colorSchemeManager={schemeManager}
      defaultColorScheme="auto"
    >
      <LanguageProvider>
        <QueryClientProvider client={createQueryClient()}>
          <RouterProvider router={router} />
          <Suspense>
            <Told />
          </Suspense>
        </QueryClientProvider>
      </LanguageProvider>
    </MantineProvider>
  </StrictMode>,
);

import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root.ts';
import { choice, search } from '../../app/search.ts';

const system = createRoute({
  getParentRoute: () => rootRoute,
  path: '/system',
  component: lazyRouteComponent(() => import('./running.tsx'), 'Running'),
});

const figures = createRoute({
  getParentRoute: () => rootRoute,
  path: '/system/figures',
  component: lazyRouteComponent(() => import('./figures.tsx'), 'Figures'),
});

const deadLetters = createRoute({
  getParentRoute: () => rootRoute,
  path: '/system/dead-letters',
  validateSearch: search({
    which: choice(['open', 'settled', 'queues']),
    queue: choice(['sms-replies.fifo', 'sms-bulk.fifo', 'voice.fifo']),
  }),
  component: lazyRouteComponent(() => import('./dead-letters.tsx'), 'DeadLetters'),
});
const deadLetter = createRoute({
  getParentRoute: () => deadLetters,
  path: '$id',
  component: lazyRouteComponent(() => import('./dead-letter.tsx'), 'DeadLetterDrawer'),
});

const senders = createRoute({
  getParentRoute: () => rootRoute,
  path: '/system/senders',
  component: lazyRouteComponent(() => import('./senders.tsx'), 'Senders'),
});
const newSender = createRoute({
  getParentRoute: () => senders,
  path: 'new',
  component: lazyRouteComponent(() => import('./sender-new.tsx'), 'NewSender'),
});
const sender = createRoute({
  getParentRoute: () => senders,
  path: '$number',
  component: lazyRouteComponent(() => import('./sender.tsx'), 'SenderDrawer'),
});

export const systemRoutes = [
  system,
  figures,
  deadLetters.addChildren([deadLetter]),
  senders.addChildren([newSender, sender]),
];

import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root.ts';
import { choice, type Filter, search, words } from '../../app/search.ts';

const truth: Filter<'true' | 'false'> = (given) => choice(['true', 'false'])(String(given));

const campaigns = createRoute({
  getParentRoute: () => rootRoute,
  path: '/campaigns',
  validateSearch: search({
    status: choice(['active', 'scheduled', 'paused', 'draft', 'ended', 'archived']),
    q: words,
  }),
  component: lazyRouteComponent(() => import('./list/list.tsx'), 'CampaignList'),
});

const create = createRoute({
  getParentRoute: () => rootRoute,
  path: '/campaigns/new',
  component: lazyRouteComponent(() => import('./builder/create.tsx'), 'CreateCampaign'),
});

const throttleGroups = createRoute({
  getParentRoute: () => rootRoute,
  path: '/campaigns/throttle-groups',
  component: lazyRouteComponent(() => import('./throttle/groups.tsx'), 'ThrottleGroups'),
});
const newThrottleGroup = createRoute({
  getParentRoute: () => throttleGroups,
  path: 'new',
  component: lazyRouteComponent(() => import('./throttle/new-group.tsx'), 'NewThrottleGroup'),
});
const throttleGroup = createRoute({
  getParentRoute: () => throttleGroups,
  path: '$groupId',
  component: lazyRouteComponent(() => import('./throttle/group.tsx'), 'ThrottleGroupDrawer'),
});

const edit = createRoute({
  getParentRoute: () => rootRoute,
  path: '/campaigns/$id/edit',
  validateSearch: search({
    section: choice(['basics', 'audience', 'message', 'senders', 'schedule', 'review']),
  }),
  component: lazyRouteComponent(() => import('./builder/builder.tsx'), 'CampaignBuilder'),
});

const detail = createRoute({
  getParentRoute: () => rootRoute,
  path: '/campaigns/$id',
  component: lazyRouteComponent(() => import('./detail/detail.tsx'), 'CampaignDetail'),
});

/** Which contacts, as the API takes it: an address makes numbers and truths of what looks like them. */
const ofCount = search({
  state: words,
  states: words,
  rule: words,
  variant: words,
  step: words,
  via: words,
  outcome: words,
  code: words,
  replied: truth,
  keyword: words,
  clicked: truth,
  optedOut: truth,
});

/** Contacts of a count of the campaign: what is asked for is what the API takes. */
const contacts = createRoute({
  getParentRoute: () => detail,
  path: 'contacts',
  validateSearch: ofCount,
  component: lazyRouteComponent(() => import('./detail/contacts-drawer.tsx'), 'ContactsDrawer'),
});

/** What became of the campaign for one person, and what was decided. */
const contact = createRoute({
  getParentRoute: () => detail,
  path: 'contacts/$contactId',
  validateSearch: ofCount,
  component: lazyRouteComponent(() => import('./detail/contact-drawer.tsx'), 'ContactDrawer'),
});

export const campaignRoutes = [
  campaigns,
  create,
  throttleGroups.addChildren([newThrottleGroup, throttleGroup]),
  edit,
  detail.addChildren([contacts, contact]),
];

import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root.ts';
import { choice, search, words } from '../../app/search.ts';

const drills = createRoute({
  getParentRoute: () => rootRoute,
  path: '/drills',
  validateSearch: search({ state: choice(['published', 'draft']), q: words }),
  component: lazyRouteComponent(() => import('./list/list.tsx'), 'DrillList'),
});

const create = createRoute({
  getParentRoute: () => rootRoute,
  path: '/drills/new',
  component: lazyRouteComponent(() => import('./list/create.tsx'), 'CreateDrill'),
});

const importing = createRoute({
  getParentRoute: () => rootRoute,
  path: '/drills/import',
  component: lazyRouteComponent(() => import('./list/import.tsx'), 'ImportContent'),
});

const report = createRoute({
  getParentRoute: () => rootRoute,
  path: '/drills/drill/$slug',
  validateSearch: search({ version: words, programme: words, language: words }),
  component: lazyRouteComponent(() => import('./drill/report.tsx'), 'DrillReportScreen'),
});

const versions = createRoute({
  getParentRoute: () => rootRoute,
  path: '/drills/drill/$slug/versions',
  validateSearch: search({ from: words, to: words }),
  component: lazyRouteComponent(() => import('./drill/versions.tsx'), 'DrillVersions'),
});

const edit = createRoute({
  getParentRoute: () => rootRoute,
  path: '/drills/drill/$slug/edit',
  validateSearch: search({ publish: choice(['true']), language: words }),
  component: lazyRouteComponent(() => import('./editor/editor.tsx'), 'DrillEditor'),
});

const programmes = createRoute({
  getParentRoute: () => rootRoute,
  path: '/drills/programmes',
  validateSearch: search({ archived: choice(['true']) }),
  component: lazyRouteComponent(() => import('./programmes/list.tsx'), 'ProgrammeList'),
});

const createProgramme = createRoute({
  getParentRoute: () => rootRoute,
  path: '/drills/programmes/new',
  component: lazyRouteComponent(() => import('./programmes/create.tsx'), 'CreateProgramme'),
});

const programme = createRoute({
  getParentRoute: () => rootRoute,
  path: '/drills/programmes/$slug',
  component: lazyRouteComponent(() => import('./programmes/progress.tsx'), 'ProgrammeProgressScreen'),
});

const settings = createRoute({
  getParentRoute: () => rootRoute,
  path: '/drills/programmes/$slug/settings',
  component: lazyRouteComponent(() => import('./programmes/settings.tsx'), 'ProgrammeSettings'),
});

const codes = createRoute({
  getParentRoute: () => rootRoute,
  path: '/drills/programmes/$slug/codes',
  component: lazyRouteComponent(() => import('./programmes/codes.tsx'), 'ProgrammeCodes'),
});

const participants = createRoute({
  getParentRoute: () => rootRoute,
  path: '/drills/programmes/$slug/participants',
  validateSearch: search({
    state: choice(['active', 'completed', 'opted_out']),
    enrolledBy: choice(['code', 'list', 'text']),
  }),
  component: lazyRouteComponent(() => import('./programmes/participants.tsx'), 'Participants'),
});

const person = createRoute({
  getParentRoute: () => participants,
  path: '$phone',
  component: lazyRouteComponent(() => import('./programmes/person.tsx'), 'PersonInDrills'),
});

export const drillRoutes = [
  drills,
  create,
  importing,
  report,
  versions,
  edit,
  programmes,
  createProgramme,
  programme,
  settings,
  codes,
  participants.addChildren([person]),
];

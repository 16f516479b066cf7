import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { ContactFilter } from '#shared/api-client/api-types.ts';
import { rootRoute } from '../../app/root.ts';
import { choice, type Filter, search, words } from '../../app/search.ts';

/** A filter of the API, as JSON in the address; whether it is one the API says. */
const contactFilter: Filter<ContactFilter> = (given) =>
  typeof given === 'object' && given !== null && !Array.isArray(given) ? (given as ContactFilter) : undefined;

const contacts = createRoute({
  getParentRoute: () => rootRoute,
  path: '/contacts',
  validateSearch: search({ q: words, tag: words, list: words, filter: contactFilter }),
  component: lazyRouteComponent(() => import('./people/list.tsx'), 'ContactList'),
});
const newContact = createRoute({
  getParentRoute: () => contacts,
  path: 'new',
  component: lazyRouteComponent(() => import('./people/new-contact.tsx'), 'NewContact'),
});

const person = createRoute({
  getParentRoute: () => rootRoute,
  path: '/contacts/$id',
  validateSearch: search({ show: choice(['said', 'campaigns', 'consent', 'lessons', 'notes']) }),
  component: lazyRouteComponent(() => import('./person/person.tsx'), 'PersonPage'),
});
const editPerson = createRoute({
  getParentRoute: () => person,
  path: 'edit',
  component: lazyRouteComponent(() => import('./person/edit-contact.tsx'), 'EditContact'),
});

const lists = createRoute({
  getParentRoute: () => rootRoute,
  path: '/contacts/lists',
  validateSearch: search({ which: choice(['archived']) }),
  component: lazyRouteComponent(() => import('./lists/lists.tsx'), 'ContactLists'),
});
const newList = createRoute({
  getParentRoute: () => lists,
  path: 'new',
  component: lazyRouteComponent(() => import('./lists/new-list.tsx'), 'NewList'),
});
const list = createRoute({
  getParentRoute: () => lists,
  path: '$listId',
  component: lazyRouteComponent(() => import('./lists/list.tsx'), 'ListDrawer'),
});

const fields = createRoute({
  getParentRoute: () => rootRoute,
  path: '/contacts/fields',
  component: lazyRouteComponent(() => import('./fields/fields.tsx'), 'ContactFields'),
});
const newField = createRoute({
  getParentRoute: () => fields,
  path: 'new',
  component: lazyRouteComponent(() => import('./fields/new-field.tsx'), 'NewField'),
});
const field = createRoute({
  getParentRoute: () => fields,
  path: '$name',
  component: lazyRouteComponent(() => import('./fields/field.tsx'), 'FieldDrawer'),
});

const kind = choice(['contacts', 'suppressions']);
const imports = createRoute({
  getParentRoute: () => rootRoute,
  path: '/contacts/imports',
  validateSearch: search({ kind }),
  component: lazyRouteComponent(() => import('./imports/imports.tsx'), 'Imports'),
});
const newImport = createRoute({
  getParentRoute: () => rootRoute,
  path: '/contacts/imports/new',
  validateSearch: search({ kind, list: words }),
  component: lazyRouteComponent(() => import('./imports/new-import.tsx'), 'NewImport'),
});
const anImport = createRoute({
  getParentRoute: () => rootRoute,
  path: '/contacts/imports/$importId',
  component: lazyRouteComponent(() => import('./imports/import.tsx'), 'ImportPage'),
});

const consent = createRoute({
  getParentRoute: () => rootRoute,
  path: '/contacts/consent',
  validateSearch: search({
    which: choice(['pending']),
    source: choice(['user_opt_out', 'admin_import', 'compliance', 'carrier']),
  }),
  component: lazyRouteComponent(() => import('./consent/look-up.tsx'), 'ConsentLookUp'),
});
const consentOf = createRoute({
  getParentRoute: () => rootRoute,
  path: '/contacts/consent/$phone',
  component: lazyRouteComponent(() => import('./consent/of-number.tsx'), 'ConsentOfNumber'),
});
const optOut = createRoute({
  getParentRoute: () => consentOf,
  path: 'opt-out',
  component: lazyRouteComponent(() => import('./consent/opt-out.tsx'), 'OptOut'),
});
const complete = createRoute({
  getParentRoute: () => consentOf,
  path: 'complete/$scope',
  component: lazyRouteComponent(() => import('./consent/complete.tsx'), 'CompleteOptOut'),
});
const restore = createRoute({
  getParentRoute: () => consentOf,
  path: 'restore/$changeId',
  component: lazyRouteComponent(() => import('./consent/restore.tsx'), 'Restore'),
});
const record = createRoute({
  getParentRoute: () => consentOf,
  path: 'record',
  component: lazyRouteComponent(() => import('./consent/record.tsx'), 'RecordConsent'),
});
const evidence = createRoute({
  getParentRoute: () => consentOf,
  path: 'evidence',
  component: lazyRouteComponent(() => import('./consent/evidence.tsx'), 'Evidence'),
});

export const contactRoutes = [
  contacts.addChildren([newContact]),
  person.addChildren([editPerson]),
  lists.addChildren([newList, list]),
  fields.addChildren([newField, field]),
  imports,
  newImport,
  anImport,
  consent,
  consentOf.addChildren([optOut, complete, restore, record, evidence]),
];

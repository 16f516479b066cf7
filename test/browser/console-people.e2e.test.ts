import { contactTests } from './areas/contacts.ts';
import { drillTests } from './areas/drills.ts';
import { listTests } from './areas/lists.ts';
import { phoneTests } from './areas/phones.ts';
import { systemTests } from './areas/system.ts';
import { describeAreas } from './describe-areas.ts';

/** The areas of the console that console.e2e.test.ts has not. */
describeAreas({
  drills: drillTests,
  contacts: contactTests,
  lists: listTests,
  System: systemTests,
  Phones: phoneTests,
});

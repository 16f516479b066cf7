import { campaignTests } from './areas/campaigns.ts';
import { homeTests } from './areas/home.ts';
import { inboxTests } from './areas/inbox.ts';
import { shellTests } from './areas/shell.ts';
import { tourTests } from './areas/tour.ts';
import { describeAreas } from './describe-areas.ts';

/** Half of the areas of the console, and console-people.e2e.test.ts the others: so that both run at once. */
describeAreas({
  'around every screen': shellTests,
  Home: homeTests,
  campaigns: campaignTests,
  'a tour of it': tourTests,
  'the inbox': inboxTests,
});

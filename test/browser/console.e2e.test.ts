import { campaignTests } from './areas/campaigns.ts';
import { contactTests } from './areas/contacts.ts';
import { drillTests } from './areas/drills.ts';
import { homeTests } from './areas/home.ts';
import { inboxTests } from './areas/inbox.ts';
import { listTests } from './areas/lists.ts';
import { phoneTests } from './areas/phones.ts';
import { shellTests } from './areas/shell.ts';
import { systemTests } from './areas/system.ts';
import { tourTests } from './areas/tour.ts';
import { World } from './world.ts';

/** All tests of the console share one system and one browser: an area is a file of `areas` and a line here. */
describe('The web console', function () {
  this.timeout(120_000);
  let world: World;
  before(async function () {
    // The bundler takes its time where other tests have the processors.
    this.timeout(300_000);
    world = await World.start();
  });
  afterEach(() => world.closeAll());
  after(() => world?.end());

  const now = (): World => world;
  describe('around every screen', () => shellTests(now));
  describe('Home', () => homeTests(now));
  describe('campaigns', () => campaignTests(now));
  describe('a tour of it', () => tourTests(now));
  describe('drills', () => drillTests(now));
  describe('contacts', () => contactTests(now));
  describe('the inbox', () => inboxTests(now));
  describe('lists', () => listTests(now));
  describe('System', () => systemTests(now));
  describe('Phones', () => phoneTests(now));
});

/**
 * Options of Node for what runs for a minute and makes much garbage, as tests do (package.json gives them to mocha): a large young
 * generation is collected less often, and what V8's last compiler would save such a process it costs it. Both together are a
 * quarter of what unit tests take of a processor.
 */
export const SHORT_LIVED: readonly string[] = ['--max-semi-space-size=64', '--no-opt'];

/** For processes that tests start with an environment of their own: types are stripped once, where the run says so. */
export const compileCache = (): { NODE_COMPILE_CACHE?: string } =>
  process.env.NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE };

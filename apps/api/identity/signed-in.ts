import { Router } from 'express';
import { CONSOLE_PATH } from '../console/serve.ts';

/**
 * Where people sign in: the load balancer asks it of everybody who comes here (`signInPath` of the topology), so who gets
 * through has signed in, and goes on to the console. Their browser is known on every other path from then on.
 */
export function signedInRouter(): Router {
  const router = Router({ strict: true });
  router.get('/v1/sign-in', (_request, response) => {
    response.setHeader('cache-control', 'no-store');
    response.redirect(303, `${CONSOLE_PATH}/`);
  });
  return router;
}

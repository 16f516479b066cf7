import assert from 'node:assert/strict';
import { neverConnected } from './never-connected.ts';

const withCode = (code: string, more: object = {}): Error =>
  Object.assign(new Error(code), { code, ...more });

describe('An error of a request', () => {
  for (const [name, error] of [
    ['a name that nobody knows', withCode('ENOTFOUND', { syscall: 'getaddrinfo' })],
    ['a refused connection', withCode('ECONNREFUSED', { syscall: 'connect' })],
    ['a connection that took too long', withCode('UND_ERR_CONNECT_TIMEOUT')],
    ['a certificate that is over', withCode('CERT_HAS_EXPIRED')],
    ['a certificate of somebody else', withCode('ERR_TLS_CERT_ALTNAME_INVALID')],
    ['a certificate of an unknown authority', withCode('UNABLE_TO_VERIFY_LEAF_SIGNATURE')],
    ['one that wraps such an error', new TypeError('fetch failed', { cause: withCode('CERT_HAS_EXPIRED') })],
    [
      'all addresses of a name',
      new AggregateError([1, 2].map(() => withCode('ECONNREFUSED', { syscall: 'connect' }))),
    ],
  ] as const) {
    it(`proves that nothing was sent: ${name}`, () => assert.equal(neverConnected(error), true));
  }

  for (const [name, error] of [
    ['a connection that broke', withCode('ECONNRESET', { syscall: 'read' })],
    ['an alert, which may come behind the request', withCode('ERR_SSL_SSL/TLS_ALERT_BAD_RECORD_MAC')],
    ['a record that cannot be read', withCode('ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC')],
    ['a version that is wrong, of any record', withCode('ERR_SSL_WRONG_VERSION_NUMBER')],
    [
      'one address of two',
      new AggregateError([
        withCode('ECONNREFUSED', { syscall: 'connect' }),
        withCode('ECONNRESET', { syscall: 'read' }),
      ]),
    ],
    ['no error', 'ECONNREFUSED'],
  ] as const) {
    it(`leaves open whether it was sent: ${name}`, () => assert.equal(neverConnected(error), false));
  }
});

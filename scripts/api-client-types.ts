import openapiTypescript, { astToString, COMMENT_HEADER } from 'openapi-typescript';
import { describeApi } from '../apps/api/describe.ts';

/** Where the types of the API's document are, for clients. */
export const API_TYPES_FILE = 'shared/api-client/api-types.ts';

/** The types of the API's paths and schemas, made from its document. */
export async function apiTypes(): Promise<string> {
  // As JSON: what a client would be given.
  const nodes = await openapiTypescript(JSON.stringify(describeApi()), {
    // What is sent may leave out what has a default.
    defaultNonNullable: false,
    rootTypes: true,
    rootTypesNoSchemaPrefix: true,
  });
  return `${COMMENT_HEADER}${astToString(nodes)}`;
}

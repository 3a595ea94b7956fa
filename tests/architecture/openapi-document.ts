import { allOperations } from '../../src/api/catalogue';
import { openApi } from '../../src/api/http/openapi';

export const OPENAPI_FILE = 'docs/openapi.json';

/** The document as it is kept in the repository. */
export const openApiText = (): string => `${JSON.stringify(openApi(allOperations), null, 2)}\n`;

import { writeFileSync } from 'node:fs';
import { ERRORS_FILE, errorsText } from './errors-document';
import { OPENAPI_FILE, openApiText } from './openapi-document';
import { CLIENT_FILE, clientText } from './web-client';

// npm runs its scripts in the project's folder.
writeFileSync(OPENAPI_FILE, openApiText());
writeFileSync(ERRORS_FILE, errorsText());
writeFileSync(CLIENT_FILE, clientText(openApiText()));

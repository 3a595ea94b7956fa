export { type EmbeddedPostgres, startEmbeddedPostgres, withDatabaseUrl } from './embedded-postgres';
export { hasDatabase } from './home-directory';
export { type RunAccount, canEnter, isRoot } from './run-account';

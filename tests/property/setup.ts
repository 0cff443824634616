export { setUpPostgres as default } from '../support/databases-for-tests.ts'

export { ERRORS, type ErrorCode, type ErrorKind, type ErrorSpec } from './errors.ts';

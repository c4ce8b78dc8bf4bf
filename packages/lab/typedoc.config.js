import { reference } from '../../typedoc.package.js';

export default reference(import.meta.dirname);

import { describePages } from './every-page';

describePages('en');

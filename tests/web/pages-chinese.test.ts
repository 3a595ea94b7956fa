import { describePages } from './every-page';

describePages('zh');

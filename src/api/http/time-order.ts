import { registerDecorator, type ValidationArguments } from 'class-validator';
import { utcTime } from '../../domain/shared/utc-time';

/** A time that must not lie before another one of the same input, where both are given. */
export const NotBefore =
  (other: string): PropertyDecorator =>
  (prototype, name) => {
    registerDecorator({
      name: 'notBefore',
      target: prototype.constructor,
      propertyName: String(name),
      options: { message: `must not be before ${other}` },
      validator: {
        validate(value: unknown, args?: ValidationArguments): boolean {
          const start: unknown = args && Object.getOwnPropertyDescriptor(args.object, other)?.value;
          // NaN, for what is no time, is before nothing: somebody else says so.
          return typeof value !== 'string' || typeof start !== 'string' || !(utcTime(value) < utcTime(start));
        },
      },
    });
  };

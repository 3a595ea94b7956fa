import { isISO8601, registerDecorator, type ValidationArguments } from 'class-validator';
import { utcTime } from '../../domain/shared/utc-time';

/** An ISO 8601 date or time that this service can read: of the forms of the standard, the common one. */
export const IsTime: PropertyDecorator = (prototype, name) => {
  const validate = (value: unknown) => typeof value === 'string' && isISO8601(value) && !Number.isNaN(utcTime(value));
  registerDecorator({
    name: 'isIso8601',
    target: prototype.constructor,
    propertyName: String(name),
    options: { message: 'must be a valid ISO 8601 date string' },
    validator: { validate },
  });
};

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

import { registerDecorator } from 'class-validator';

/** A number without smaller parts than `step`, which is a negative power of ten. */
export const InSteps =
  (step: number): PropertyDecorator =>
  (prototype, name) => {
    const decimals = Math.round(-Math.log10(step));
    registerDecorator({
      name: 'inSteps',
      target: prototype.constructor,
      propertyName: String(name),
      options: { message: `must be a number in steps of ${step}` },
      // Not by the text of the number: 1e-320 has no decimal point.
      validator: {
        validate: (value: unknown) => typeof value !== 'number' || Number(value.toFixed(decimals)) === value,
      },
    });
  };

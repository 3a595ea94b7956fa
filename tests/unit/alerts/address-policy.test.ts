import { AddressPolicy } from '../../../src/infrastructure/notify/webhook-channel';

describe('the addresses webhooks may go to', () => {
  const strict = new AddressPolicy([]);

  it.each([
    '0.0.0.0',
    '10.0.0.1',
    '10.255.255.255',
    '100.64.0.1',
    '100.127.255.255',
    '127.0.0.1',
    '127.8.9.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '192.0.0.8',
    '198.18.0.1',
    '224.0.0.1',
    '239.1.1.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001::1',
    'fc00::1',
    'fdff::1',
    'fe80::1',
    'fec0::1',
    'ff02::1',
    'localhost',
    '',
  ])('are not %s', (address) => expect(strict.permits('host', address)).toBe(false));

  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '100.63.255.255',
    '100.128.0.1',
    '172.15.0.1',
    '172.32.0.1',
    '193.168.1.1',
    '2606:4700::1111',
  ])('are %s', (address) => expect(strict.permits('host', address)).toBe(true));

  it('are what a site allows besides: by address, by network, by name', () => {
    const policy = new AddressPolicy(['10.1.2.3', '192.168.0.0/16', 'Hooks.Plant', 'fd00::/8']);
    expect(policy.permits('x', '10.1.2.3')).toBe(true);
    expect(policy.permits('x', '10.1.2.4')).toBe(false);
    expect(policy.permits('x', '192.168.7.7')).toBe(true);
    expect(policy.permits('hooks.plant', '127.0.0.1')).toBe(true);
    expect(policy.permits('hooks.plant.evil', '127.0.0.1')).toBe(false);
    expect(policy.permits('x', 'fd12::1')).toBe(true);
  });
});

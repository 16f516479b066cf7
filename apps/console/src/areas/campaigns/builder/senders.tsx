import { Checkbox, Group, MultiSelect, NumberInput, Radio, Select, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Campaign } from '#shared/api-client/api-types.ts';
import { one, PAGE_ROWS } from '../../../api/queries.ts';
import { useTexts } from '../../../texts/language.tsx';
import classes from './builder.module.css';
import { PaceFields } from './pace-fields.tsx';
import { SectionForm } from './section-form.tsx';
import { builderTexts } from './texts.ts';
import { ThrottleField } from './throttle-field.tsx';
import { useDraft, useFilled } from './use-draft.ts';

type Canary = NonNullable<Campaign['definition']['canary']>;

const usual: Canary = {
  contacts: 100,
  percent: null,
  waitMinutes: 15,
  rampMinutes: 30,
  undeliveredPercent: null,
  filteredPercent: null,
  optOutPercent: null,
};

/** What a field for a number says: null where nothing is filled in. */
const numberOf = (value: string | number): number | null => (value === '' ? null : Number(value));

export function SendersSection() {
  const say = useTexts(builderTexts);
  const { campaign } = useDraft();
  const senders = useQuery(one('/v1/senders', { query: { limit: PAGE_ROWS } })).data?.items ?? [];
  const pools = useQuery(one('/v1/sender-pools', { query: { limit: PAGE_ROWS } })).data?.items ?? [];
  const { definition } = campaign;
  const isDrill = campaign.type === 'drill';
  const form = useFilled('senders', {
    from: definition.senderPool !== null ? 'pool' : definition.senderNumbers.length > 0 ? 'numbers' : 'own',
    senderNumbers: definition.senderNumbers,
    senderPool: definition.senderPool,
    messagesPerSecond: definition.messagesPerSecond,
    spreadOverMinutes: definition.spreadOverMinutes,
    throttleGroups: definition.throttleGroups,
    budget: definition.budget,
    canary: definition.canary,
    maxAttempts: definition.maxAttempts,
    retryDelayMinutes: definition.retryDelayMinutes,
  });
  const { fill, value: filled } = form;
  const { from, senderNumbers, senderPool, ...rest } = filled;
  return (
    <SectionForm
      section="senders"
      form={form}
      change={() => ({
        definition: {
          ...rest,
          senderNumbers: from === 'numbers' ? senderNumbers : [],
          senderPool: from === 'pool' ? senderPool : null,
        },
      })}
    >
      <Radio.Group label={say('from')} value={from} onChange={(value) => fill({ from: value })}>
        <Stack gap="xs" mt={6}>
          <Radio value="own" label={say('fromOwn')} description={say('fromOwnHint')} />
          <Radio value="numbers" label={say('fromNumbers')} disabled={senders.length === 0} />
          {from === 'numbers' && (
            <MultiSelect
              aria-label={say('fromNumbers')}
              maw={480}
              data={senders.map(({ senderNumber }) => senderNumber)}
              value={senderNumbers}
              onChange={(chosen) => fill({ senderNumbers: chosen })}
            />
          )}
          {!isDrill && (
            <Radio
              value="pool"
              label={say('fromPool')}
              description={say('fromPoolHint')}
              disabled={pools.length === 0}
            />
          )}
          {from === 'pool' && (
            <Select
              aria-label={say('fromPool')}
              maw={320}
              data={pools.map(({ name, senders: count }) => ({
                value: name,
                label: say('poolOf', { name, count }),
              }))}
              value={senderPool}
              onChange={(chosen) => fill({ senderPool: chosen })}
            />
          )}
        </Stack>
      </Radio.Group>
      <PaceFields value={filled} fill={fill} />
      <ThrottleField
        value={filled.throttleGroups}
        isChanged={form.isChanged}
        fill={(throttleGroups) => fill({ throttleGroups })}
      />
      {!isDrill && (
        <>
          <NumberInput
            label={say('budget')}
            description={say('budgetHint')}
            placeholder={say('noLimit')}
            maw={320}
            min={0.01}
            decimalScale={2}
            value={filled.budget ?? ''}
            onChange={(value) => fill({ budget: numberOf(value) })}
          />
          <Stack gap="xs" component="fieldset" className={classes.fieldset}>
            <Checkbox
              label={say('careful')}
              description={say('carefulHint')}
              checked={filled.canary !== null}
              onChange={(event) => fill({ canary: event.currentTarget.checked ? usual : null })}
            />
            {filled.canary !== null && (
              <Group gap="xs" align="flex-end" wrap="wrap">
                <NumberInput
                  label={say('firstContacts')}
                  w={150}
                  min={1}
                  max={100_000}
                  value={filled.canary.contacts ?? ''}
                  onChange={(value) =>
                    fill({
                      canary: { ...(filled.canary ?? usual), contacts: numberOf(value) ?? 1, percent: null },
                    })
                  }
                />
                <NumberInput
                  label={say('waitMinutes')}
                  w={150}
                  min={1}
                  max={2_880}
                  value={filled.canary.waitMinutes}
                  onChange={(value) =>
                    fill({ canary: { ...(filled.canary ?? usual), waitMinutes: numberOf(value) ?? 1 } })
                  }
                />
                <NumberInput
                  label={say('rampMinutes')}
                  w={170}
                  min={0}
                  max={2_880}
                  value={filled.canary.rampMinutes}
                  onChange={(value) =>
                    fill({ canary: { ...(filled.canary ?? usual), rampMinutes: numberOf(value) ?? 0 } })
                  }
                />
              </Group>
            )}
          </Stack>
          {campaign.type !== 'hybrid' && (
            <Group gap="xs" align="flex-end" wrap="wrap">
              <NumberInput
                label={say('attempts')}
                w={180}
                min={1}
                max={10}
                value={filled.maxAttempts}
                onChange={(value) => fill({ maxAttempts: numberOf(value) ?? 1 })}
              />
              <NumberInput
                label={say('retryDelay')}
                w={220}
                min={1}
                max={10_080}
                value={filled.retryDelayMinutes}
                onChange={(value) => fill({ retryDelayMinutes: numberOf(value) ?? 1 })}
              />
            </Group>
          )}
        </>
      )}
    </SectionForm>
  );
}

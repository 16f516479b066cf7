import {
  ActionIcon,
  Button,
  Group,
  NumberInput,
  Select,
  Skeleton,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Faults } from '#shared/simulator/faults.ts';
import { FaultBox } from '../../parts/fault-box.tsx';
import { SideDrawer } from '../../parts/side-drawer.tsx';
import { tellDone } from '../../parts/tell.ts';
import { useLanguage, useTexts } from '../../texts/language.tsx';
import { carrierErrorWord } from '../../words/carrier-errors.ts';
import { Counts } from './counts.tsx';
import {
  faultCount,
  nothingWrong,
  type RangeField,
  type RateField,
  rangeFields,
  rateFields,
  usualCodes,
} from './fault-fields.ts';
import { numberOf } from './numbers.ts';
import classes from './phones.module.css';
import { type FaultsChange, faultsNow, setFaults } from './simulator.ts';
import { faultTexts } from './texts.ts';

const route = getRouteApi('/phones');

/** What goes wrong on purpose at the simulated carrier, and what has happened there since it was reset. */
export function FaultDrawer() {
  const say = useTexts(faultTexts);
  const search = route.useSearch();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const { data, error, refetch } = useQuery(faultsNow);
  const [change, setChange] = useState<FaultsChange>({});
  const save = useMutation({
    mutationFn: setFaults,
    onSuccess: (now) => {
      cache.setQueryData(faultsNow.queryKey, now);
      setChange({});
      void tellDone(faultCount(now) === 0 ? say('mended') : say('set'));
    },
  });
  const isChanged = Object.keys(change).length > 0;
  return (
    <SideDrawer
      title={say('title')}
      state={say('hint')}
      close={() => void navigate({ to: '/phones', search })}
      actions={
        data && (
          <>
            <Button disabled={!isChanged} loading={save.isPending} onClick={() => save.mutate(change)}>
              {say('save')}
            </Button>
            <Button
              variant="default"
              disabled={faultCount(data) === 0 && !isChanged}
              onClick={() => save.mutate(nothingWrong(data))}
            >
              {say('mend')}
            </Button>
          </>
        )
      }
    >
      {error && <FaultBox error={error} again={() => void refetch()} />}
      {data === undefined && !error && <Skeleton height={320} aria-busy />}
      {data && (
        <Stack gap="lg">
          <Dials faults={data} change={change} set={(more) => setChange({ ...change, ...more })} />
          <Codes faults={data} set={(errorCodes) => save.mutate({ errorCodes })} />
          <Counts />
          {save.error && <FaultBox error={save.error} />}
        </Stack>
      )}
    </SideDrawer>
  );
}

const numberIn = (value: string | number, otherwise: number): number =>
  typeof value === 'number' ? value : otherwise;

function Dials({
  change,
  faults,
  set,
}: {
  faults: Faults;
  change: FaultsChange;
  set: (more: FaultsChange) => void;
}) {
  const say = useTexts(faultTexts);
  const rate = (field: RateField) => (
    <NumberInput
      key={field}
      label={say(field)}
      description={say(`${field}Hint`)}
      value={Math.round((change[field] ?? faults[field]) * 1_000) / 10}
      onChange={(value) => set({ [field]: numberIn(value, 0) / 100 })}
      min={0}
      max={100}
      step={5}
      decimalScale={1}
      suffix=" %"
      inputWrapperOrder={['label', 'input', 'description']}
    />
  );
  const range = (field: RangeField) => {
    const now = change[field] ?? faults[field];
    // The end that was not turned follows when it would be passed.
    const least = (min: number) => set({ [field]: { min, max: Math.max(min, now.max) } });
    const most = (max: number) => set({ [field]: { min: Math.min(now.min, max), max } });
    const limits = { min: 0, max: 600_000, step: 100, suffix: ' ms', thousandSeparator: true } as const;
    return (
      <fieldset key={field} className={classes.range}>
        <legend>{say(field)}</legend>
        <Group grow gap="xs">
          <NumberInput
            aria-label={say('leastOf', { what: say(field) })}
            value={now.min}
            onChange={(value) => least(numberIn(value, 0))}
            {...limits}
          />
          <NumberInput
            aria-label={say('mostOf', { what: say(field) })}
            value={now.max}
            onChange={(value) => most(numberIn(value, 0))}
            {...limits}
          />
        </Group>
      </fieldset>
    );
  };
  return (
    <>
      <section>
        <Text fw={600} mb="xs">
          {say('delays')}
        </Text>
        <div className={classes.dials}>{rangeFields.map(range)}</div>
      </section>
      <section>
        <Text fw={600} mb="xs">
          {say('rates')}
        </Text>
        <div className={classes.dials}>
          {rate(rateFields[0])}
          <NumberInput
            label={say('retryAfterSeconds')}
            description={say('retryAfterHint')}
            value={change.retryAfterSeconds ?? faults.retryAfterSeconds}
            onChange={(value) => set({ retryAfterSeconds: Math.round(numberIn(value, 0)) })}
            min={0}
            max={3_600}
            suffix=" s"
            inputWrapperOrder={['label', 'input', 'description']}
          />
          {rateFields.slice(1).map(rate)}
          <NumberInput
            label={say('seed')}
            description={say('seedHint')}
            value={change.seed ?? faults.seed}
            onChange={(value) => set({ seed: Math.round(numberIn(value, 1)) })}
            min={0}
            max={4_294_967_295}
            inputWrapperOrder={['label', 'input', 'description']}
          />
        </div>
      </section>
    </>
  );
}

/** Numbers to which nothing, or no text, gets through. */
function Codes({
  faults,
  set,
}: {
  faults: Faults;
  set: (errorCodes: Record<string, number | null>) => void;
}) {
  const say = useTexts(faultTexts);
  const language = useLanguage();
  const [typed, setTyped] = useState('');
  const [code, setCode] = useState<string | null>(String(usualCodes[0]));
  const number = numberOf(typed);
  const meaning = (of: string): string => `${of}: ${carrierErrorWord('twilio', of, language).says}`;
  return (
    <section aria-label={say('codes')}>
      <Text fw={600}>{say('codes')}</Text>
      <Text size="xs" c="dimmed">
        {say('codesHint')}
      </Text>
      <ul className={classes.codes}>
        {Object.entries(faults.errorCodes).map(([each, its]) => (
          <li key={each}>
            <span>{each}</span>
            <Text span size="sm" c="dimmed" className={classes.meaning}>
              {meaning(String(its))}
            </Text>
            <ActionIcon onClick={() => set({ [each]: null })} aria-label={say('uncode', { number: each })}>
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          </li>
        ))}
      </ul>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (number === null || code === null) return;
          set({ [number]: Number(code) });
          setTyped('');
        }}
      >
        <Group gap="xs" align="flex-end" wrap="wrap">
          <TextInput
            label={say('number')}
            placeholder="+14155550102"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            inputMode="tel"
            autoComplete="off"
            w={150}
          />
          <Select
            label={say('code')}
            data={usualCodes.map((each) => ({ value: String(each), label: meaning(String(each)) }))}
            value={code}
            onChange={setCode}
            allowDeselect={false}
            className={classes.grows}
          />
          <Button type="submit" variant="default" disabled={number === null}>
            {say('addCode')}
          </Button>
        </Group>
      </form>
    </section>
  );
}

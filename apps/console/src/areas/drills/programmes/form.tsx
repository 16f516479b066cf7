import {
  ActionIcon,
  Chip,
  Group,
  NumberInput,
  Select,
  SimpleGrid,
  Stack,
  Switch,
  TagsInput,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo } from 'react';
import type { Programme } from '#shared/api-client/api-types.ts';
import { many, one } from '../../../api/queries.ts';
import { languageName, MESSAGE_LANGUAGES } from '../../../parts/languages.ts';
import { useRows } from '../../../parts/table/use-rows.ts';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { registrationBy } from '../../../words/drills.ts';
import { intent } from '../../../words/gate.ts';
import { useWord } from '../../../words/use-word.ts';
import { weekday } from './days.ts';
import classes from './programmes.module.css';
import { programmeTexts } from './texts.ts';

/** All of a programme that somebody fills in. */
export type Filled = Omit<Programme, 'codes' | 'updatedAt' | 'updatedBy' | 'archivedAt'>;

/** Whether it has what the API asks for. */
export const isComplete = ({ company, contact, drills, name, senderNumbers }: Filled): boolean =>
  [name, company, contact].every((text) => text.trim() !== '') &&
  drills.length > 0 &&
  senderNumbers.length > 0;

const DAYS = [1, 2, 3, 4, 5, 6, 7];
const REGISTRATIONS = ['code', 'contact list', 'open'] as const;
const WORDS = ['menu', 'support', 'dashboard', 'demo'] as const;

interface Fields {
  filled: Filled;
  fill: (change: Partial<Filled>) => void;
  mayEdit: boolean;
}

const Fieldset = ({ children, hint, title }: { title: string; hint?: string; children: ReactNode }) => (
  <section className={classes.group} aria-label={title}>
    <Title order={2} size="h3">
      {title}
    </Title>
    {hint && (
      <Text size="sm" c="dimmed">
        {hint}
      </Text>
    )}
    <Stack gap="sm" mt="sm">
      {children}
    </Stack>
  </section>
);

/** The parts of a programme, for a new one and for one that there is. `slug`: where it can still be chosen. */
export function ProgrammeFields({ code, slug, ...fields }: Fields & { slug?: ReactNode; code?: ReactNode }) {
  const say = useTexts(programmeTexts);
  return (
    <Stack gap="md">
      <Fieldset title={say('basics')}>
        <Basics {...fields} slug={slug} code={code} />
      </Fieldset>
      <Fieldset title={say('order')}>
        <Order {...fields} />
      </Fieldset>
      <Fieldset title={say('delivery')}>
        <Delivering {...fields} />
      </Fieldset>
      <Fieldset title={say('reminders')}>
        <Reminding {...fields} />
      </Fieldset>
      <Fieldset title={say('words')} hint={say('wordsHint')}>
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          {WORDS.map((name) => (
            <TagsInput
              key={name}
              size="xs"
              label={say(`word_${name}`)}
              readOnly={!fields.mayEdit}
              value={fields.filled.words[name]}
              onChange={(list) => fields.fill({ words: { ...fields.filled.words, [name]: list } })}
            />
          ))}
        </SimpleGrid>
        <Text size="xs" c="dimmed">
          {say('restKept')}
        </Text>
      </Fieldset>
    </Stack>
  );
}

function Basics({ code, fill, filled, mayEdit, slug }: Fields & { slug: ReactNode; code: ReactNode }) {
  const say = useTexts(programmeTexts);
  const reader = useLanguage();
  const registration = useWord(registrationBy);
  const kind = useWord(intent);
  const senders = useRows(many('/v1/senders', {})).rows;
  const zones = useMemo(() => Intl.supportedValuesOf('timeZone'), []);
  const numbers = [
    ...new Set(['default', ...senders.map(({ senderNumber }) => senderNumber), ...filled.senderNumbers]),
  ];
  const nameOf = (number: string): string => (number === 'default' ? say('ownNumber') : number);
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        <TextInput
          label={say('name')}
          description={say('nameHint')}
          required
          maxLength={200}
          readOnly={!mayEdit}
          value={filled.name}
          onChange={({ currentTarget: { value } }) => fill({ name: value })}
        />
        {slug}
        <TextInput
          label={say('organisation')}
          description={say('companyHint')}
          required
          maxLength={200}
          readOnly={!mayEdit}
          value={filled.company}
          onChange={({ currentTarget: { value } }) => fill({ company: value })}
        />
        <TextInput
          label={say('contact')}
          description={say('contactHint')}
          required
          maxLength={200}
          readOnly={!mayEdit}
          value={filled.contact}
          onChange={({ currentTarget: { value } }) => fill({ contact: value })}
        />
        <Select
          label={say('registration')}
          allowDeselect={false}
          readOnly={!mayEdit}
          data={REGISTRATIONS.map((value) => ({ value, label: registration(value).says }))}
          value={filled.registration}
          onChange={(value) => value !== null && fill({ registration: value })}
        />
        {code}
        <Select
          label={say('language')}
          allowDeselect={false}
          readOnly={!mayEdit}
          data={[...new Set([...MESSAGE_LANGUAGES, filled.defaultLanguage])].map((value) => ({
            value,
            label: languageName(value, reader),
          }))}
          value={filled.defaultLanguage}
          onChange={(value) => value !== null && fill({ defaultLanguage: value })}
        />
        <Select
          label={say('timezone')}
          searchable
          allowDeselect={false}
          readOnly={!mayEdit}
          data={[...new Set([...zones, filled.timezone])]}
          value={filled.timezone}
          onChange={(value) => value !== null && fill({ timezone: value })}
        />
        <Select
          label={say('intent')}
          allowDeselect={false}
          readOnly={!mayEdit}
          data={(['transactional', 'marketing'] as const).map((value) => ({
            value,
            label: kind(value).says,
          }))}
          value={filled.intent}
          onChange={(value) => value !== null && fill({ intent: value })}
        />
      </SimpleGrid>
      <TagsInput
        size="xs"
        label={say('senders')}
        description={say('sendersHint')}
        required
        readOnly={!mayEdit}
        data={numbers.map(nameOf)}
        value={filled.senderNumbers.map(nameOf)}
        onChange={(chosen) =>
          fill({
            senderNumbers: chosen.map(
              (text) => numbers.find((number) => nameOf(number) === text) ?? text.trim(),
            ),
          })
        }
      />
    </>
  );
}

function Order({ fill, filled: { drills }, mayEdit }: Fields) {
  const say = useTexts(programmeTexts);
  const known = useQuery(one('/v1/drills', {})).data?.items ?? [];
  const nameOf = (slug: string): string => known.find((each) => each.slug === slug)?.name ?? slug;
  const move = (from: number, to: number): void => {
    const slug = drills[from];
    if (slug !== undefined) fill({ drills: drills.toSpliced(from, 1).toSpliced(to, 0, slug) });
  };
  const left = known.filter(({ slug }) => !drills.includes(slug));
  return (
    <>
      <ol className={classes.ordered} hidden={drills.length === 0}>
        {drills.map((slug, at) => (
          <li key={slug} className={classes.orderedItem}>
            <span className={classes.number}>{at + 1}</span>
            <span className={classes.orderedName}>{nameOf(slug)}</span>
            {mayEdit && (
              <Group gap={0} wrap="nowrap">
                <ActionIcon
                  aria-label={say('up', { name: nameOf(slug) })}
                  disabled={at === 0}
                  onClick={() => move(at, at - 1)}
                >
                  <IconArrowUp size={16} aria-hidden />
                </ActionIcon>
                <ActionIcon
                  aria-label={say('down', { name: nameOf(slug) })}
                  disabled={at === drills.length - 1}
                  onClick={() => move(at, at + 1)}
                >
                  <IconArrowDown size={16} aria-hidden />
                </ActionIcon>
                <ActionIcon
                  aria-label={say('takeOut', { name: nameOf(slug) })}
                  onClick={() => fill({ drills: drills.filter((each) => each !== slug) })}
                >
                  <IconX size={16} aria-hidden />
                </ActionIcon>
              </Group>
            )}
          </li>
        ))}
      </ol>
      {mayEdit && left.length > 0 && (
        <Select
          aria-label={say('addDrill')}
          placeholder={say('addDrill')}
          maw={360}
          searchable
          data={left.map(({ name, slug }) => ({ value: slug, label: name }))}
          value={null}
          onChange={(slug) => slug !== null && fill({ drills: [...drills, slug] })}
        />
      )}
    </>
  );
}

const usualDelivery = { time: '10:00', days: DAYS, idleHours: 12, spreadMinutes: 30 };

function Delivering({ fill, filled: { delivery }, mayEdit }: Fields) {
  const say = useTexts(programmeTexts);
  const reader = useLanguage();
  const set = (change: Partial<typeof usualDelivery>): void =>
    fill({ delivery: { ...(delivery ?? usualDelivery), ...change } });
  return (
    <>
      <Switch
        label={say('deliver')}
        description={say('deliverHint')}
        disabled={!mayEdit}
        checked={delivery !== null}
        onChange={(event) => fill({ delivery: event.currentTarget.checked ? usualDelivery : null })}
      />
      {delivery !== null && (
        <>
          <Chip.Group
            multiple
            value={delivery.days.map(String)}
            onChange={(days) => days.length > 0 && set({ days: days.map(Number).sort() })}
          >
            <Group gap={6}>
              {DAYS.map((day) => (
                <Chip key={day} value={String(day)} disabled={!mayEdit}>
                  {weekday(day, reader)}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
          <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
            <TextInput
              label={say('time')}
              type="time"
              required
              readOnly={!mayEdit}
              value={delivery.time}
              onChange={({ currentTarget: { value } }) => value !== '' && set({ time: value })}
            />
            <NumberInput
              label={say('idleHours')}
              min={1}
              max={720}
              readOnly={!mayEdit}
              value={delivery.idleHours}
              onChange={(value) => set({ idleHours: Number(value) || 1 })}
            />
            <NumberInput
              label={say('spreadMinutes')}
              min={0}
              max={240}
              readOnly={!mayEdit}
              value={delivery.spreadMinutes}
              onChange={(value) => set({ spreadMinutes: Number(value) || 0 })}
            />
          </SimpleGrid>
        </>
      )}
    </>
  );
}

const usualReminders = { afterHours: 4, untilHours: 24 };

function Reminding({ fill, filled: { reminders }, mayEdit }: Fields) {
  const say = useTexts(programmeTexts);
  const set = (change: Partial<typeof usualReminders>): void =>
    fill({ reminders: { ...(reminders ?? usualReminders), ...change } });
  return (
    <>
      <Switch
        label={say('remind')}
        description={say('remindHint')}
        disabled={!mayEdit}
        checked={reminders !== null}
        onChange={(event) => fill({ reminders: event.currentTarget.checked ? usualReminders : null })}
      />
      {reminders !== null && (
        <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
          <NumberInput
            label={say('afterHours')}
            min={1}
            max={168}
            readOnly={!mayEdit}
            value={reminders.afterHours}
            onChange={(value) => set({ afterHours: Number(value) || 1 })}
          />
          <NumberInput
            label={say('untilHours')}
            min={2}
            max={336}
            readOnly={!mayEdit}
            value={reminders.untilHours}
            onChange={(value) => set({ untilHours: Number(value) || 2 })}
          />
        </SimpleGrid>
      )}
    </>
  );
}

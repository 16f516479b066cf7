import { ActionIcon, Button, Chip, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import classes from './builder.module.css';
import { SectionForm } from './section-form.tsx';
import { builderTexts } from './texts.ts';
import { useDraft, useFilled } from './use-draft.ts';
import { instantOf, wallOf } from './wall-time.ts';

/** A Monday, from which days of the week have their names. */
const MONDAY = Date.UTC(2026, 0, 5);
const DAY_MS = 86_400_000;
const days = [1, 2, 3, 4, 5, 6, 7] as const;

export function ScheduleSection() {
  const say = useTexts(builderTexts);
  const language = useLanguage();
  const { campaign } = useDraft();
  const { timeZone, windows } = campaign.definition;
  const form = useFilled('schedule', {
    windows,
    timeZone,
    end: campaign.endAt === null ? '' : wallOf(campaign.endAt, timeZone),
  });
  const { fill, value: filled } = form;
  const zones = useMemo(() => [...new Set([timeZone, ...Intl.supportedValuesOf('timeZone')])], [timeZone]);
  const dayName = new Intl.DateTimeFormat(language, { weekday: 'short', timeZone: 'UTC' });
  const set = (index: number, change: Partial<(typeof windows)[number]>): void =>
    fill({ windows: filled.windows.map((each, at) => (at === index ? { ...each, ...change } : each)) });
  return (
    <SectionForm
      section="schedule"
      form={form}
      change={() => ({
        endAt: filled.end === '' ? null : instantOf(filled.end, filled.timeZone),
        definition: { windows: filled.windows, timeZone: filled.timeZone },
      })}
    >
      <Stack gap="xs" component="fieldset" className={classes.fieldset}>
        <Text component="legend" size="sm" fw={500}>
          {say('windows')}
        </Text>
        <Text size="xs" c="dimmed">
          {say('windowsHint')}
        </Text>
        {filled.windows.map((each, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: windows have no other name
          <Group key={index} gap="xs" wrap="wrap" align="center">
            <Chip.Group
              multiple
              value={each.days.map(String)}
              onChange={(chosen) => set(index, { days: chosen.map(Number).sort() })}
            >
              <Group gap={4}>
                {days.map((day) => (
                  <Chip key={day} value={String(day)}>
                    {dayName.format(MONDAY + (day - 1) * DAY_MS)}
                  </Chip>
                ))}
              </Group>
            </Chip.Group>
            <TextInput
              aria-label={say('fromTime')}
              type="time"
              w={110}
              required
              value={each.from}
              onChange={(event) => set(index, { from: event.currentTarget.value })}
            />
            <Text size="sm">{say('until')}</Text>
            <TextInput
              aria-label={say('toTime')}
              type="time"
              w={110}
              required
              value={each.to}
              onChange={(event) => set(index, { to: event.currentTarget.value })}
            />
            <ActionIcon
              aria-label={say('removeWindow')}
              onClick={() => fill({ windows: filled.windows.filter((_, at) => at !== index) })}
            >
              <IconX size={14} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        <Button
          variant="default"
          w="fit-content"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() =>
            fill({ windows: [...filled.windows, { days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' }] })
          }
        >
          {say('addWindow')}
        </Button>
      </Stack>
      <Select
        label={say('timeZone')}
        description={say('timeZoneHint')}
        maw={360}
        searchable
        allowDeselect={false}
        limit={60}
        data={zones}
        value={filled.timeZone}
        onChange={(zone) => zone !== null && fill({ timeZone: zone })}
      />
      <TextInput
        label={say('end')}
        description={say('endHint')}
        type="datetime-local"
        maw={260}
        value={filled.end}
        onChange={(event) => fill({ end: event.currentTarget.value })}
      />
      <Text size="sm" c="dimmed">
        {say('startInReview')}
      </Text>
    </SectionForm>
  );
}

import { Button, Group, Select, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { touch } from '../../api/touch.ts';
import { FaultBox } from '../../parts/fault-box.tsx';
import { SideDrawer } from '../../parts/side-drawer.tsx';
import { tellDone } from '../../parts/tell.ts';
import { exactly, span, zoneHere } from '../../parts/time.ts';
import { setBusinessTime } from '../../parts/use-now.ts';
import { useLanguage, useTexts } from '../../texts/language.tsx';
import classes from './phones.module.css';
import { clockNow, type Skip, skipTime } from './simulator.ts';
import { skipTexts } from './texts.ts';

const route = getRouteApi('/phones');

/** By how much time is skipped at a press, in minutes. */
const STEPS = [10, 60, 240, 1_440, 10_080] as const;
/** Zones that people of the sample programme are in; the reader's own comes first. */
const ZONES = ['America/New_York', 'America/Chicago', 'America/Denver', 'America/Los_Angeles', 'UTC'];

/** What waits for tomorrow morning is had now: the whole system jumps. It never goes back. */
export function SkipDrawer() {
  const say = useTexts(skipTexts);
  const language = useLanguage();
  const search = route.useSearch();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const { data, error, refetch } = useQuery(clockNow);
  const [time, setTime] = useState('09:00');
  const [zone, setZone] = useState(zoneHere());
  const skip = useMutation({
    mutationFn: (to: Skip) => skipTime(to),
    onSuccess: (now) => {
      setBusinessTime(now.now);
      cache.setQueryData(clockNow.queryKey, now);
      void touch(cache, 'all');
      void tellDone(say('skipped', { time: timeOf(now.now) }));
    },
  });
  const timeOf = (at: string): string => exactly(at, { language, zone: zoneHere(), now: Date.parse(at) });
  return (
    <SideDrawer
      title={say('title')}
      state={say('hint')}
      close={() => void navigate({ to: '/phones', search })}
    >
      {error && <FaultBox error={error} again={() => void refetch()} />}
      {data === undefined && !error && <Skeleton height={200} aria-busy />}
      {data && (
        <Stack gap="lg">
          <div>
            <Text size="sm" c="dimmed">
              {say('now')}
            </Text>
            <Text size="xl" fw={600} role="status">
              {timeOf(data.now)}
            </Text>
            <Text size="sm" c="dimmed">
              {data.offsetMs === 0 ? say('ofMachine') : say('ahead', { span: span(data.offsetMs, language) })}
            </Text>
          </div>
          <div>
            <Text fw={600} mb="xs">
              {say('by')}
            </Text>
            <Group gap="xs">
              {STEPS.map((minutes) => (
                <Button
                  key={minutes}
                  variant="default"
                  loading={skip.isPending}
                  onClick={() => skip.mutate({ by: `PT${minutes}M` })}
                >
                  {say('step', { span: span(minutes * 60_000, language) })}
                </Button>
              ))}
            </Group>
          </div>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              skip.mutate({ to: time, zone });
            }}
          >
            <Text fw={600} mb="xs">
              {say('toNext')}
            </Text>
            <Group gap="xs" align="flex-end">
              <TextInput
                type="time"
                label={say('time')}
                value={time}
                onChange={(event) => setTime(event.currentTarget.value)}
              />
              <Select
                label={say('zone')}
                data={[...new Set([zoneHere(), ...ZONES])]}
                value={zone}
                onChange={(chosen) => chosen !== null && setZone(chosen)}
                allowDeselect={false}
                className={classes.grows}
              />
              <Button type="submit" loading={skip.isPending} disabled={time === ''}>
                {say('skip')}
              </Button>
            </Group>
          </form>
          {skip.error && <FaultBox error={skip.error} />}
        </Stack>
      )}
    </SideDrawer>
  );
}

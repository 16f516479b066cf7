import { Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Sendable } from '#shared/api-client/api-types.ts';
import { one } from '../../api/queries.ts';
import { FaultBox } from '../../parts/fault-box.tsx';
import { clockAt, placeOf } from '../../parts/place.ts';
import { useReason } from '../../parts/reason/use-reason.ts';
import { useNow } from '../../parts/use-now.ts';
import { useLanguage, useTexts } from '../../texts/language.tsx';
import type { Tone } from '../../theme/tokens.ts';
import { placeSource } from '../../words/people.ts';
import { useWord } from '../../words/use-word.ts';
import classes from './sendables.module.css';
import { contactTexts } from './texts.ts';

const tones: Readonly<Record<Sendable['items'][number]['verdict'], Tone>> = {
  send: 'good',
  hold: 'held',
  block: 'bad',
};

/** Inside a sentence. */
const lower = (text: string): string => `${text[0]?.toLocaleLowerCase() ?? ''}${text.slice(1)}`;

/** What may be sent to a number now, and why not, for each purpose. */
export function Sendables({ phone }: { phone: string }) {
  const say = useTexts(contactTexts);
  const place = useWord(placeSource);
  const given = { path: { phone } };
  const { data, error, refetch } = useQuery({
    ...one('/v1/people/{phone}/sendable', given),
    // Time alone changes it.
    refetchInterval: 60_000,
  });
  if (error && data === undefined) return <FaultBox error={error} again={() => void refetch()} />;
  if (data === undefined) return <Skeleton height={150} aria-busy />;
  return (
    <Stack gap={6}>
      <ul className={classes.list}>
        {isAllTheSame(data.items) ? (
          <Item item={data.items[0]} zones={data.zones} isAll />
        ) : (
          data.items.map((item) => (
            <Item key={`${item.channel} ${item.intent}`} item={item} zones={data.zones} />
          ))
        )}
      </ul>
      <Text size="xs" c="dimmed">
        {data.zones.length === 0
          ? place(data.zoneSource).says
          : say('judgedIn', {
              places: data.zones.slice(0, 3).map(placeOf).join(', '),
              how: lower(place(data.zoneSource).says),
            })}
      </Text>
    </Stack>
  );
}

type Judged = Sendable['items'][number];

/** Whether one thing keeps everything from them: then it is said once. */
const isAllTheSame = (items: readonly Judged[]): items is readonly [Judged] =>
  items.length > 1 && items.every(({ rule, verdict }) => verdict === 'block' && rule === items[0]?.rule);

function Item({
  isAll = false,
  item,
  zones,
}: {
  item: Judged;
  zones: readonly string[];
  /** It stands for all that might be sent. */
  isAll?: boolean;
}) {
  const say = useTexts(contactTexts);
  const reason = useReason();
  const language = useLanguage();
  const now = useNow();
  const { channel, intent, rule, says, until, verdict } = item;
  const why = reason(rule, says);
  const [zone] = zones;
  const at = until === null ? null : clockAt(until, { language, now, zone: zone ?? 'UTC' });
  const words =
    verdict === 'send'
      ? say('mayGo')
      : verdict === 'hold' && at !== null
        ? say('heldUntil', { time: at, place: placeOf(zone ?? 'UTC'), why: lower(why.says) })
        : why.says;
  return (
    <li className={classes.item} data-tone={tones[verdict]}>
      <span className={classes.dot} aria-hidden />
      <div>
        <div className={classes.what}>
          {isAll
            ? say('nothing')
            : say(
                `kind_${channel}_${intent === 'reply' || intent === 'marketing' ? intent : 'transactional'}`,
              )}
        </div>
        <div className={classes.why}>{words}</div>
        {verdict === 'block' && why.hint !== undefined && <div className={classes.hint}>{why.hint}</div>}
      </div>
    </li>
  );
}

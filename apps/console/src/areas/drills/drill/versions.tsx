import { Alert, Group, Select, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { DrillVersion } from '#shared/api-client/api-types.ts';
import { codeOf } from '../../../api/problem.ts';
import { many, one } from '../../../api/queries.ts';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { Section } from '../../../parts/page.tsx';
import { type Column, DataTable } from '../../../parts/table/data-table.tsx';
import { useRows } from '../../../parts/table/use-rows.ts';
import { Time } from '../../../parts/time.tsx';
import { TonedText } from '../../../parts/toned-text.tsx';
import { useTexts } from '../../../texts/language.tsx';
import { Differences } from './differences-view.tsx';
import { DrillPage } from './head.tsx';
import { drillPageTexts } from './texts.ts';

const route = getRouteApi('/drills/drill/$slug/versions');

/** In the address: the draft, instead of the number of a version. */
const DRAFT = 'draft';

/** What was published, by whom, and what differs between two of them or the draft. */
export function DrillVersions() {
  const say = useTexts(drillPageTexts);
  const { slug } = route.useParams();
  const { from: askedFrom, to: askedTo } = route.useSearch();
  const navigate = route.useNavigate();
  const rows = useRows(many('/v1/drills/{slug}/versions', { path: { slug } }));
  const draft = useQuery(one('/v1/drill-drafts/{slug}', { path: { slug } }));
  const newest = rows.rows[0]?.version;
  const to = askedTo ?? (draft.data !== undefined ? DRAFT : String(newest ?? ''));
  const from =
    askedFrom ??
    String(
      to === DRAFT ? (newest ?? '') : (rows.rows.find(({ version }) => version < Number(to))?.version ?? ''),
    );
  const columns = useMemo<Column<DrillVersion>[]>(
    () => [
      {
        id: 'version',
        title: say('version'),
        width: 176,
        fixed: true,
        cell: ({ isCurrent, version }) =>
          isCurrent ? (
            <TonedText tone="good">{say('currentVersion', { version })}</TonedText>
          ) : (
            say('oldVersion', { version })
          ),
      },
      {
        id: 'at',
        title: say('publishedAt'),
        width: 200,
        cell: ({ publishedAt }) => <Time at={publishedAt} />,
      },
      { id: 'by', title: say('publishedBy'), width: 180, cell: ({ publishedBy }) => publishedBy },
      {
        id: 'reason',
        title: say('overrideReason'),
        width: 320,
        cell: ({ overrideReason }) => <span title={overrideReason ?? ''}>{overrideReason ?? ''}</span>,
      },
    ],
    [say],
  );
  const choices = [
    ...(draft.data === undefined ? [] : [{ value: DRAFT, label: say('theDraft') }]),
    ...rows.rows.map(({ isCurrent, version }) => ({
      value: String(version),
      label: say(isCurrent ? 'currentVersion' : 'oldVersion', { version }),
    })),
  ];
  return (
    <DrillPage slug={slug}>
      <Stack gap="lg">
        <DataTable
          id="drill-versions"
          label={say('tabVersions')}
          columns={columns}
          choosesColumns={false}
          rows={rows}
          rowId={({ version }) => String(version)}
          open={({ version }) =>
            void navigate({
              search: { from: String(Math.max(1, version - 1)), to: String(version) },
              replace: true,
              resetScroll: false,
            })
          }
          opened={to}
          empty={<Text>{say('noVersions')}</Text>}
        />
        <Section title={say('differences')}>
          <Group gap="sm" align="flex-end">
            <Select
              label={say('from')}
              w={200}
              allowDeselect={false}
              data={choices}
              value={from}
              onChange={(value) =>
                void navigate({ search: { from: value ?? undefined, to }, replace: true, resetScroll: false })
              }
            />
            <Select
              label={say('to')}
              w={200}
              allowDeselect={false}
              data={choices}
              value={to}
              onChange={(value) =>
                void navigate({ search: { from, to: value ?? undefined }, replace: true, resetScroll: false })
              }
            />
          </Group>
          {choices.length < 2 ? (
            <Text c="dimmed">{say('onlyOne')}</Text>
          ) : (
            <Compared slug={slug} from={from} to={to} />
          )}
        </Section>
      </Stack>
    </DrillPage>
  );
}

function Compared({ from, slug, to }: { slug: string; from: string; to: string }) {
  const say = useTexts(drillPageTexts);
  const before = useWritten(slug, from);
  const after = useWritten(slug, to);
  const error = before.error ?? after.error;
  if (error !== null && codeOf(error) === 'not_found')
    return <Alert color="yellow">{say('noSuchVersion')}</Alert>;
  if (error !== null) return <FaultBox error={error} />;
  if (before.data === undefined || after.data === undefined) return <Skeleton height={180} />;
  return <Differences from={before.data} to={after.data} />;
}

/** A version, or the draft, as it is written. */
function useWritten(slug: string, which: string) {
  const version = Number(which);
  const isDraft = which === DRAFT;
  const draft = useQuery({ ...one('/v1/drill-drafts/{slug}', { path: { slug } }), enabled: isDraft });
  const published = useQuery({
    ...one('/v1/drills/{slug}/versions/{version}', { path: { slug, version } }),
    enabled: !isDraft && Number.isInteger(version) && version > 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const data = useMemo(() => {
    if (isDraft) return draft.data?.draft;
    return published.data && { ...published.data.drill, examples: published.data.examples };
  }, [draft.data, isDraft, published.data]);
  return { data, error: isDraft ? draft.error : published.error };
}

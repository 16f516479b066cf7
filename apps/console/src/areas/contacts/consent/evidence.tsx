import { Button, Code, CopyButton, Group, Skeleton, Stack, Text } from '@mantine/core';
import { IconDownload, IconPrinter } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { one } from '../../../api/queries.ts';
import { fetchFile, saveFile } from '../../../parts/download.tsx';
import { Facts } from '../../../parts/facts.tsx';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { Count } from '../../../parts/number.tsx';
import { SideDrawer } from '../../../parts/side-drawer.tsx';
import { Time } from '../../../parts/time.tsx';
import { useNumber } from '../../../parts/use-number.ts';
import { useTellWhy } from '../../../parts/use-tell-why.ts';
import { useTexts } from '../../../texts/language.tsx';
import { useBack } from './drawer-parts.ts';
import { consentTexts } from './texts.ts';

const route = getRouteApi('/contacts/consent/$phone/evidence');

/** Everything on record about one number, to be taken away: as a file that proves itself, and as a page for printing. */
export function Evidence() {
  const say = useTexts(consentTexts);
  const { phone, place } = useNumber(route.useParams().phone);
  const back = useBack(place);
  const tellWhy = useTellWhy();
  const [isOpening, setOpening] = useState(false);
  const { data, error, refetch } = useQuery({
    ...one('/v1/consents/{phone}/evidence', { path: { phone } }),
    // Each is another record, with a hash of its own: the one that is shown is the one that is saved.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  const name = `evidence-${phone.replaceAll(/\D/g, '')}`;
  const print = async (): Promise<void> => {
    // Opened at once: a browser lets only what somebody has just pressed open a window.
    const page = window.open('', '_blank');
    setOpening(true);
    try {
      const address = `/v1/consents/${place}/evidence?format=html`;
      const file = URL.createObjectURL(await fetchFile(address));
      if (page === null) window.location.assign(file);
      else page.location.href = file;
    } catch (fault) {
      page?.close();
      tellWhy(fault);
    } finally {
      setOpening(false);
    }
  };
  return (
    <SideDrawer
      title={say('evidence')}
      state={phone}
      close={back}
      actions={
        <>
          <Button
            disabled={data === undefined}
            leftSection={<IconDownload size={16} aria-hidden />}
            onClick={() =>
              saveFile(
                new Blob([`${JSON.stringify(data, null, 2)}\n`], { type: 'application/json' }),
                `${name}.json`,
              )
            }
          >
            {say('asJson')}
          </Button>
          <Button
            variant="default"
            loading={isOpening}
            leftSection={<IconPrinter size={16} aria-hidden />}
            onClick={() => void print()}
          >
            {say('asPage')}
          </Button>
        </>
      }
    >
      {error && <FaultBox error={error} again={() => void refetch()} />}
      {data === undefined && !error && <Skeleton height={200} aria-busy />}
      {data !== undefined && (
        <Stack gap="md">
          <p style={{ margin: 0 }}>{say('evidenceWhat')}</p>
          <Facts
            of={[
              [say('entries'), <Count key="entries" of={data.links.length} />],
              [say('producedAt'), <Time key="at" at={data.head.producedAt} />],
              [say('producedBy'), data.head.producedBy],
            ]}
          />
          <Stack gap={4}>
            <Text size="sm" fw={500}>
              {say('hash')}
            </Text>
            <Code block tabIndex={0} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
              {data.lastHash}
            </Code>
            <Group>
              <CopyButton value={data.lastHash}>
                {({ copied, copy }) => (
                  <Button variant="subtle" onClick={copy}>
                    {say(copied ? 'copied' : 'copy')}
                  </Button>
                )}
              </CopyButton>
            </Group>
            <Text size="sm" c="dimmed">
              {say('hashHint')}
            </Text>
          </Stack>
        </Stack>
      )}
    </SideDrawer>
  );
}

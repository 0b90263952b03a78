import { ActionIcon, Alert, Group, Stack, Table, Text, Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconDownload } from '@tabler/icons-react';
import { useCallback } from 'react';
import { HeatPicture } from '@/components/HeatPicture';
import { HeatSlider } from '@/components/HeatSlider';
import { Panel } from '@/components/Panel';
import { SampleLink } from '@/components/SampleLink';
import { shownOpacity, useHeat } from '@/hooks/use-heat';
import { useShortcut } from '@/hooks/use-shortcut';
import { downloadCsv, toCsv } from '@/lib/csv';
import { formatNumber, formatShare, plural } from '@/lib/numbers';
import classes from './AttentionPanel.module.css';
import type { Attention, ClassAttention } from './attention';

/** What the version looks at, class by class, and an alarm where that is not the object. */
export function AttentionPanel({ found }: { found: Attention }) {
  const { heat, flip } = useHeat();
  useShortcut(useCallback((event) => event.key === 'h' && flip(), [flip]));
  return (
    <Stack gap="sm" style={{ '--heat-opacity': shownOpacity(heat) } as React.CSSProperties}>
      {found.alarms.map((alarm) => (
        <Alert
          key={alarm}
          color="red"
          icon={<IconAlertTriangle size={18} />}
          title="It may look at the wrong thing"
        >
          {alarm}
        </Alert>
      ))}
      <Panel
        title={
          found.alarms.length === 0
            ? 'No class is recognised by what is not its object'
            : 'What each class is recognised by'
        }
        actions={
          <Group gap="sm" wrap="nowrap">
            <HeatSlider />
            <Tooltip label="Download as CSV">
              <ActionIcon
                variant="default"
                aria-label="Download the classes’ figures as CSV"
                onClick={() => downloadCsv('attention.csv', asCsv(found))}
              >
                <IconDownload size={16} />
              </ActionIcon>
            </Tooltip>
          </Group>
        }
      >
        <FigureTable found={found} />
        <Text size="xs" c="dimmed" mt="xs">
          Maps agree: mean correlation of two maps of the class. Close to 1, the model looks at the same spot
          in every picture. Falls without its spot: points of probability lost on average when the framed spot
          is hidden, and when as much is hidden elsewhere.
        </Text>
        {found.unread_regions > 0 && (
          <Text size="sm" mt="xs">
            {plural(found.unread_regions, 'sample')} with a box or a mask that cannot be read. A box is four
            numbers, left, top, right, bottom, in pixels or in shares of the picture; a mask is a file beside
            the table, as large as the picture.
          </Text>
        )}
      </Panel>
      {found.classes.map((one) => (
        <ClassPanel key={one.name} one={one} />
      ))}
    </Stack>
  );
}

function FigureTable({ found }: { found: Attention }) {
  const boxed = found.classes.some((one) => one.inside !== null);
  return (
    <Table.ScrollContainer minWidth={680}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Class</Table.Th>
            <Table.Th className="number">Pictures</Table.Th>
            <Table.Th className="number">Heat at borders</Table.Th>
            <Table.Th className="number">In corners</Table.Th>
            <Table.Th className="number">Maps agree</Table.Th>
            <Table.Th className="number">With other classes’</Table.Th>
            <Table.Th className="number">Falls without its spot</Table.Th>
            {boxed && <Table.Th className="number">Inside what is marked</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {found.classes.map((one) => (
            <Table.Tr key={one.name}>
              <Table.Td>{one.name}</Table.Td>
              <Table.Td className="number">{one.pictures}</Table.Td>
              <Table.Td className="number">{formatShare(one.border)}</Table.Td>
              <Table.Td className="number">{formatShare(one.corners)}</Table.Td>
              <Table.Td className="number">{formatNumber(one.agreement, 2)}</Table.Td>
              <Table.Td className="number">{formatNumber(one.others, 2)}</Table.Td>
              <Table.Td className="number" title={one.spot ? `The ${one.spot.place} of the picture` : ''}>
                {one.spot
                  ? `${points(one.spot.fall)}, elsewhere ${points(one.spot.elsewhere)}`
                  : 'too few pictures'}
              </Table.Td>
              {boxed && (
                <Table.Td className="number">
                  {one.inside !== null && one.area !== null
                    ? `${formatShare(one.inside)} of heat, ${formatShare(one.area)} of area`
                    : 'nothing marked'}
                </Table.Td>
              )}
            </Table.Tr>
          ))}
          <Table.Tr c="dimmed">
            <Table.Td>An even map</Table.Td>
            <Table.Td />
            <Table.Td className="number">{formatShare(found.even_border)}</Table.Td>
            <Table.Td className="number">{formatShare(found.even_corners)}</Table.Td>
            <Table.Td />
            <Table.Td />
            <Table.Td />
            {boxed && <Table.Td />}
          </Table.Tr>
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function points(share: number): string {
  return plural(Math.round(100 * share), 'point');
}

function asCsv({ classes: rows }: Attention): string {
  return toCsv(
    [
      'class',
      'pictures',
      'border',
      'corners',
      'agreement',
      'agreement_with_others',
      'inside',
      'area_marked',
      'spot',
      'fall_without_spot',
      'fall_elsewhere',
      'alarm',
    ],
    rows.map((one) => [
      one.name,
      one.pictures,
      one.border,
      one.corners,
      one.agreement,
      one.others,
      one.inside,
      one.area,
      one.spot?.place ?? null,
      one.spot?.fall ?? null,
      one.spot?.elsewhere ?? null,
      one.alarm,
    ]),
  );
}

function ClassPanel({ one }: { one: ClassAttention }) {
  return (
    <Panel title={one.name}>
      <div className={classes.row}>
        <figure className={classes.figure}>
          <div className={classes.mean}>
            <HeatPicture
              fit="thumbnail"
              item={{
                picture_url: one.mean_url,
                width: 1,
                height: 1,
                sample_name: `Mean map of ${one.name}`,
                heat_url: null,
                map_sentence: null,
                box: one.spot,
              }}
              boxed={one.spot ? `The spot that is hidden: ${one.spot.place}` : undefined}
            />
          </div>
          <figcaption>Mean of {one.pictures}</figcaption>
        </figure>
        {one.examples.map((example) => (
          <figure key={example.sample_id} className={classes.figure}>
            <SampleLink id={example.sample_id}>
              <HeatPicture
                fit="thumbnail"
                item={{ ...example, sample_name: example.name, map_sentence: `What speaks for ${one.name}` }}
              />
            </SampleLink>
            <figcaption>{example.name}</figcaption>
          </figure>
        ))}
      </div>
    </Panel>
  );
}

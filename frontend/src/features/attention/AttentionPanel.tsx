import { Alert, Stack, Table, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useCallback } from 'react';
import { HeatPicture } from '@/components/HeatPicture';
import { HeatSlider } from '@/components/HeatSlider';
import { Panel } from '@/components/Panel';
import { SampleLink } from '@/components/SampleLink';
import { shownOpacity, useHeat } from '@/hooks/use-heat';
import { useShortcut } from '@/hooks/use-shortcut';
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
            ? 'No class is recognised by a fixed spot'
            : 'What each class is recognised by'
        }
        actions={<HeatSlider />}
      >
        <FigureTable found={found} />
        {found.unread_boxes > 0 && (
          <Text size="sm" mt="xs">
            {plural(found.unread_boxes, 'sample')} with a column “box” that is not four numbers: left, top,
            right, bottom, in pixels.
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
    <Table.ScrollContainer minWidth={560}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Class</Table.Th>
            <Table.Th className="number">Pictures</Table.Th>
            <Table.Th className="number">Heat at borders</Table.Th>
            <Table.Th className="number">In corners</Table.Th>
            <Table.Th className="number">Maps agree</Table.Th>
            {boxed && <Table.Th className="number">Inside marked boxes</Table.Th>}
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
              {boxed && (
                <Table.Td className="number">
                  {one.inside !== null && one.area !== null
                    ? `${formatShare(one.inside)} of heat, ${formatShare(one.area)} of area`
                    : 'no boxes'}
                </Table.Td>
              )}
            </Table.Tr>
          ))}
          <Table.Tr c="dimmed">
            <Table.Td>An even map</Table.Td>
            <Table.Td />
            <Table.Td className="number">{formatShare(found.even_border)}</Table.Td>
            <Table.Td className="number">{formatShare(found.even_corners)}</Table.Td>
            <Table.Td className="number">0.00</Table.Td>
            {boxed && <Table.Td />}
          </Table.Tr>
        </Table.Tbody>
      </Table>
      <Text size="xs" c="dimmed" mt="xs">
        Maps agree: mean correlation of two maps of the class. Close to 1, the model looks at the same spot in
        every picture.
      </Text>
    </Table.ScrollContainer>
  );
}

function ClassPanel({ one }: { one: ClassAttention }) {
  return (
    <Panel title={one.name}>
      <div className={classes.row}>
        <figure className={classes.figure}>
          <div className={classes.mean}>
            <img src={one.mean_url} alt={`Mean map of ${one.name}`} />
          </div>
          <figcaption>All {one.pictures} maps together</figcaption>
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

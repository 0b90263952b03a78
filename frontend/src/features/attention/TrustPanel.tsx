import { Badge, Button, Table, Text } from '@mantine/core';
import { May } from '@/components/May';
import { Panel } from '@/components/Panel';
import { useReport } from '@/hooks/use-report';
import { formatEstimate, formatNumber } from '@/lib/numbers';
import type { Trust } from './attention';

/** The methods of maps, from the cheapest on: their names as the API knows them. */
const METHODS: [name: string, title: string][] = [
  ['activation', 'Class activation'],
  ['contrastive', 'Contrastive activation'],
  ['grad-cam', 'Grad-CAM'],
  ['saliency', 'Saliency'],
  ['smooth-grad', 'SmoothGrad'],
  ['integrated-gradients', 'Integrated gradients'],
  ['occlusion', 'Partial occlusion'],
  ['rise', 'RISE'],
  ['lime', 'LIME'],
  ['kernel-shap', 'KernelSHAP'],
];

/** How far the maps of each method can be trusted on this version. */
export function TrustPanel({ projectId, number }: { projectId: number; number: number }) {
  return (
    <Panel title="How far can its maps be trusted?">
      <Text size="sm" c="dimmed" mb="xs">
        Deletion and insertion: hiding what a map points at should change the model’s mind sooner than hiding
        what chance or the middle of the picture points at. And a map should change when the weights are drawn
        at random.
      </Text>
      <Table.ScrollContainer minWidth={620}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Method</Table.Th>
              <Table.Th>Verdict</Table.Th>
              <Table.Th className="number">Over chance</Table.Th>
              <Table.Th className="number">Over the middle</Table.Th>
              <Table.Th className="number">Like random weights</Table.Th>
              <Table.Th />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {METHODS.map(([name, title]) => (
              <MethodRow key={name} projectId={projectId} number={number} name={name} title={title} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Panel>
  );
}

interface MethodRowProps {
  projectId: number;
  number: number;
  name: string;
  title: string;
}

function MethodRow({ projectId, number, name, title }: MethodRowProps) {
  const { report, ask, asking } = useReport({ projectId, number, kind: 'trust', subject: name });
  const found = report.data?.body as Trust | null | undefined;
  const live = report.data?.live ?? false;
  return (
    <Table.Tr data-testid="trust" data-method={name}>
      <Table.Td>{title}</Table.Td>
      <Table.Td title={found?.sentences.join(' ')}>
        {found ? <Verdict found={found} /> : (report.data?.error ?? '') || 'Not measured'}
      </Table.Td>
      <Table.Td className="number">{found && formatEstimate(found.over_random)}</Table.Td>
      <Table.Td className="number">{found && formatEstimate(found.over_centre)}</Table.Td>
      <Table.Td className="number">{found && formatNumber(found.alike, 2)}</Table.Td>
      <Table.Td className="number">
        <May projectId={projectId} to="run_loop">
          <Button
            size="compact-xs"
            variant="default"
            onClick={ask}
            loading={asking || live}
            aria-label={`Measure ${title}`}
          >
            {found ? 'Again' : 'Measure'}
          </Button>
        </May>
      </Table.Td>
    </Table.Tr>
  );
}

function Verdict({ found }: { found: Trust }) {
  if (!found.beats_random)
    return (
      <Badge color="red" variant="light">
        no better than chance
      </Badge>
    );
  return found.depends_on_model ? (
    <Badge color="green" variant="light">
      follows the model
    </Badge>
  ) : (
    <Badge color="yellow" variant="light">
      hardly depends on the model
    </Badge>
  );
}

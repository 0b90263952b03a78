import { Button, Group, Table, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { listMethodsOptions, requestReportMutation } from '@/api/@tanstack/react-query.gen';
import { May } from '@/components/May';
import { Panel } from '@/components/Panel';
import { type Trust, TrustMark } from '@/components/TrustMark';
import { useProjectAction } from '@/hooks/use-project-action';
import { useReport } from '@/hooks/use-report';
import { formatCount, formatEstimate, formatNumber } from '@/lib/numbers';

interface Method {
  name: string;
  title: string;
  /** Why it does not work on the model; empty where it does. */
  lacking: string;
}

/** Those that come with the product, while the predictor has not told which work on this version. */
const METHODS: Method[] = (
  [
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
  ] as const
).map(([name, title]) => ({ name, title, lacking: '' }));

interface TrustPanelProps {
  projectId: number;
  number: number;
}

/** How far the maps of each method can be trusted on this version. */
export function TrustPanel({ projectId, number }: TrustPanelProps) {
  const told = useQuery({
    ...listMethodsOptions({ path: { project_id: projectId }, query: { version: number } }),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const methods: Method[] = told.data?.methods ?? METHODS;
  return (
    <Panel
      title="How far can its maps be trusted?"
      actions={<MeasureAll projectId={projectId} number={number} methods={methods} />}
    >
      <Text size="sm" c="dimmed" mb="xs">
        Deletion and insertion: hiding what a map points at should change the model’s mind sooner than hiding
        what chance or the middle of the picture points at. And a map should change when the weights are drawn
        at random. On up to 32 pictures of gold; a method that hides parts of a picture takes minutes.
      </Text>
      <Table.ScrollContainer minWidth={660}>
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
            {methods.map((method) => (
              <MethodRow key={method.name} projectId={projectId} number={number} method={method} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Text size="xs" c="dimmed" mt="xs">
        Over chance, over the middle: mean probability while uncovering less that while hiding, above the same
        in those orders, with 95% intervals; more is better. Like random weights: rank correlation, 0 to 1;
        above 0.5 a map hardly depends on the model.
      </Text>
    </Panel>
  );
}

function MeasureAll({ projectId, number, methods }: TrustPanelProps & { methods: Method[] }) {
  const request = useMutation({ ...requestReportMutation(), ...useProjectAction() });
  const path = { project_id: projectId, number, kind: 'trust' as const };
  const askAll = () => {
    for (const { name, lacking } of methods) if (!lacking) request.mutate({ path, query: { subject: name } });
  };
  return (
    <May projectId={projectId} to="run_loop">
      <Button size="xs" variant="default" onClick={askAll} loading={request.isPending}>
        Measure all
      </Button>
    </May>
  );
}

function MethodRow({ projectId, number, method }: TrustPanelProps & { method: Method }) {
  const { name, title, lacking } = method;
  const { report, ask, asking } = useReport({ projectId, number, kind: 'trust', subject: name });
  const found = report.data?.body as Trust | null | undefined;
  const live = report.data?.live ?? false;
  return (
    <Table.Tr data-testid="trust" data-method={name}>
      <Table.Td>{title}</Table.Td>
      <Table.Td title={found?.sentences.join(' ')}>
        <Standing
          trust={found}
          words={
            live
              ? progressOf(report.data?.done ?? 0, report.data?.total ?? 0)
              : lacking || report.data?.error || (found ? '' : 'Not measured')
          }
        />
      </Table.Td>
      <Table.Td className="number">{found && formatEstimate(found.over_random)}</Table.Td>
      <Table.Td className="number">{found && formatEstimate(found.over_centre)}</Table.Td>
      <Table.Td className="number">{found && formatNumber(found.alike, 2)}</Table.Td>
      <Table.Td className="number">
        {!lacking && (
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
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function Standing({ trust, words }: { trust: Trust | null | undefined; words: string }) {
  return (
    <Group gap="xs">
      {trust && <TrustMark trust={trust} />}
      {words && <span>{words}</span>}
    </Group>
  );
}

function progressOf(done: number, total: number): string {
  return done > 0 ? `${formatCount(done)} of ${formatCount(total)} pictures` : 'Waiting for a worker';
}

import { Button, Modal, Switch } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { listPeopleOptions, listRatesOptions } from '@/api/@tanstack/react-query.gen';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Panel } from '@/components/Panel';
import { Skeletons } from '@/components/Skeletons';
import { useFresh } from '@/hooks/use-fresh';
import { useNow } from '@/hooks/use-now';
import { RateForm } from './RateForm';
import { RateTable } from './RateTable';
import { rateState } from './rates';

interface RatesPanelProps {
  projectId: number;
  currency: string;
  mayChange: boolean;
}

/** What each tier and annotator is paid, and was. */
export function RatesPanel({ projectId, currency, mayChange }: RatesPanelProps) {
  const [past, setPast] = useState(false);
  const now = useNow();
  const rates = useQuery({
    ...listRatesOptions({ path: { project_id: projectId } }),
    ...useFresh(projectId),
  });
  if (rates.isError && !rates.data)
    return <ErrorNotice error={rates.error} onRetry={() => rates.refetch()} />;
  if (!rates.data) return <Skeletons heights={[160]} />;
  const cards = rates.data.filter((card) => past || rateState(card, now) !== 'past');
  const hidden = rates.data.some((card) => rateState(card, now) === 'past');
  return (
    <Panel
      title="What is an answer paid?"
      actions={mayChange && <AddRate projectId={projectId} currency={currency} />}
    >
      <RateTable cards={cards} currency={currency} now={now} />
      {hidden && (
        <Switch
          mt="xs"
          size="xs"
          label="Past rates too"
          checked={past}
          onChange={(event) => setPast(event.currentTarget.checked)}
        />
      )}
    </Panel>
  );
}

function AddRate({ projectId, currency }: { projectId: number; currency: string }) {
  const [opened, { open, close }] = useDisclosure(false);
  const people = useQuery({ ...listPeopleOptions({ path: { project_id: projectId } }), enabled: opened });
  return (
    <>
      <Button variant="default" onClick={open}>
        Add a rate…
      </Button>
      <Modal opened={opened} onClose={close} title="A new rate">
        {people.isError && <ErrorNotice error={people.error} onRetry={() => people.refetch()} />}
        {people.isPending && <Skeletons heights={[240]} />}
        {people.data && (
          <RateForm projectId={projectId} currency={currency} people={people.data} onDone={close} />
        )}
      </Modal>
    </>
  );
}

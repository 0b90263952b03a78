import { Button, Group, Modal, Select, Stack, Title } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import {
  listMethodsOfOwnOptions,
  listOwnModelsOptions,
  removeOwnModelMutation,
} from '@/api/@tanstack/react-query.gen';
import { inspectOwn } from '@/api/sdk.gen';
import type { OwnModelOut } from '@/api/types.gen';
import { ConfirmButton } from '@/components/ConfirmButton';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Skeletons } from '@/components/Skeletons';
import { AddOwnModel } from '@/features/inspect/AddOwnModel';
import { Inspector, type Wish } from '@/features/inspect/Inspector';
import type { Asked } from '@/features/inspect/inspect';
import { useProjectAction } from '@/hooks/use-project-action';

const route = getRouteApi('/signed-in/inspect');

/** Models of one's own, looked into without a project. */
export function InspectOwnPage() {
  const { model, method } = route.useSearch();
  const navigate = route.useNavigate();
  const models = useQuery(listOwnModelsOptions());
  const [adding, setAdding] = useState(false);
  const chosen = models.data?.find((one) => one.id === model) ?? models.data?.[0];
  const open = (id: number | undefined) => navigate({ search: { model: id } });
  const add = (
    <Button leftSection={<IconPlus size={14} />} onClick={() => setAdding(true)}>
      Add a model
    </Button>
  );
  return (
    <Stack gap="sm" maw={1440} mx="auto">
      <Group justify="space-between">
        <Title order={1}>Inspect a model of your own</Title>
        {chosen && add}
      </Group>
      {models.isError && !models.data && (
        <ErrorNotice error={models.error} onRetry={() => models.refetch()} />
      )}
      {models.isPending && <Skeletons heights={[320]} />}
      {models.data?.length === 0 && (
        <EmptyState title="No model of yours yet" action={add}>
          Bring a classifier as ONNX or TorchScript, drop in pictures, and see what it looks at, through any
          of the methods. It needs no project.
        </EmptyState>
      )}
      {chosen && models.data && (
        <Own
          key={chosen.id}
          model={chosen}
          models={models.data}
          method={method}
          onOpen={open}
          onMethod={(name) => navigate({ search: { model: chosen.id, method: name }, replace: true })}
        />
      )}
      <Modal opened={adding} onClose={() => setAdding(false)} title="Add a model" size="lg">
        <AddOwnModel
          onDone={({ id }) => {
            setAdding(false);
            open(id);
          }}
        />
      </Modal>
    </Stack>
  );
}

interface OwnProps {
  model: OwnModelOut;
  models: OwnModelOut[];
  method: string | undefined;
  onOpen: (id: number | undefined) => void;
  onMethod: (name: string) => void;
}

function Own({ model, models, method, onOpen, onMethod }: OwnProps) {
  const told = useQuery({
    ...listMethodsOfOwnOptions({ path: { model_id: model.id } }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const { onSuccess, onError } = useProjectAction(() => `${model.name} is removed, with its maps.`);
  const remove = useMutation({ ...removeOwnModelMutation(), onSuccess, onError });
  const look = useCallback(
    async ({ file }: Asked, wish: Wish) => {
      const { data } = await inspectOwn({
        path: { model_id: model.id },
        body: { ...wish, pictures: file ? [file] : [] },
        throwOnError: true,
      });
      return data;
    },
    [model.id],
  );
  if (told.isError && !told.data) return <ErrorNotice error={told.error} onRetry={() => told.refetch()} />;
  if (!told.data) return <Skeletons heights={[480]} />;
  return (
    <Inspector
      told={told.data}
      method={method}
      onMethod={onMethod}
      look={look}
      chooser={
        <Group align="end" mb="xs" wrap="nowrap">
          <Select
            label="Model"
            flex={1}
            data={models.map((one) => ({ value: String(one.id), label: `${one.name}, ${one.version}` }))}
            value={String(model.id)}
            allowDeselect={false}
            onChange={(id) => onOpen(Number(id))}
          />
          <ConfirmButton
            label="Remove"
            does="Remove it"
            loading={remove.isPending}
            onConfirm={() => remove.mutate({ path: { model_id: model.id } })}
          >
            {model.name}, {model.version}: its file and the maps drawn of it go with it.
          </ConfirmButton>
        </Group>
      }
    />
  );
}

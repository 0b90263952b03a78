import { ActionIcon, Table, Tooltip } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { removeAllowanceMutation } from '@/api/@tanstack/react-query.gen';
import type { AllowanceOut } from '@/api/types.gen';
import { useProjectAction } from '@/hooks/use-project-action';
import { formatMoney, formatMoneyShort } from '@/lib/money';
import { PERIODS } from './allowances';
import { UseBar } from './BudgetBar';
import { ofWhom } from './rates';

interface AllowanceRowProps {
  allowance: AllowanceOut;
  projectId: number;
  currency: string;
  mayChange: boolean;
}

export function AllowanceRow({ allowance, projectId, currency, mayChange }: AllowanceRowProps) {
  const { limit, spent, held, left } = allowance;
  const name = `${ofWhom(allowance)}, ${PERIODS[allowance.period]}`;
  const remove = useMutation({
    ...removeAllowanceMutation(),
    ...useProjectAction(() => `${name}: no limit of ${formatMoneyShort(limit, currency)} any more.`),
  });
  return (
    <Table.Tr>
      <Table.Td>{name}</Table.Td>
      <Table.Td miw={120} w="30%">
        <UseBar slim currency={currency} use={{ limit, spent, reserved: held, left }} />
      </Table.Td>
      <Table.Td className="number">{formatMoney(spent, currency)}</Table.Td>
      <Table.Td className="number">{formatMoney(held, currency)}</Table.Td>
      <Table.Td className="number">{formatMoney(left, currency)}</Table.Td>
      <Table.Td className="number">{formatMoney(limit, currency)}</Table.Td>
      {mayChange && (
        <Table.Td>
          <Tooltip label="Remove this limit">
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Remove the limit of ${name}`}
              loading={remove.isPending}
              onClick={() => remove.mutate({ path: { project_id: projectId, allowance_id: allowance.id } })}
            >
              <IconTrash size={16} />
            </ActionIcon>
          </Tooltip>
        </Table.Td>
      )}
    </Table.Tr>
  );
}

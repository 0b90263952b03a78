import { Group, NumberInput, Select, SimpleGrid, Stack, Text } from '@mantine/core';
import type { MethodOut, SettingOut } from '@/api/types.gen';
import { type Trust, TrustMark } from '@/components/TrustMark';
import { type Value, type Values, wrongWith } from './inspect';

interface MethodFormProps {
  methods: MethodOut[];
  layers: string[];
  method: MethodOut;
  /** By the method's name: how far its maps can be trusted on the model, where that was measured. */
  trust?: ReadonlyMap<string, Trust>;
  values: Values;
  onMethod: (name: string) => void;
  onValues: (values: Values) => void;
}

/** Which method, and how it is set: whatever the method itself says can be set. */
export function MethodForm({ methods, layers, method, trust, values, onMethod, onValues }: MethodFormProps) {
  const found = trust?.get(method.name);
  return (
    <Stack gap="sm">
      <Select
        label="Method"
        data={methods.map(({ name, title, lacking }) => ({
          value: name,
          label: title,
          disabled: lacking !== '',
        }))}
        value={method.name}
        onChange={(name) => name && onMethod(name)}
        allowDeselect={false}
        searchable
        renderOption={({ option }) => {
          const known = trust?.get(option.value);
          return (
            <Group gap="xs" justify="space-between" flex={1}>
              {option.label}
              {known && <TrustMark trust={known} />}
            </Group>
          );
        }}
      />
      <Text size="xs" c="dimmed">
        {method.lacking || `Each map shows ${method.sentence}. ${method.paper}.`}
      </Text>
      {found && (
        <div>
          <TrustMark trust={found} />
          {found.sentences.map((sentence) => (
            <Text size="xs" mt={4} key={sentence}>
              {sentence}
            </Text>
          ))}
        </div>
      )}
      {method.settings.length > 0 && (
        <SimpleGrid cols={{ base: 2, sm: 3, lg: 2 }} spacing="xs">
          {method.settings.map((setting) => (
            <SettingField
              key={setting.name}
              setting={setting}
              layers={layers}
              value={values[setting.name] ?? setting.default}
              onChange={(value) => onValues({ ...values, [setting.name]: value })}
            />
          ))}
        </SimpleGrid>
      )}
    </Stack>
  );
}

interface SettingFieldProps {
  setting: SettingOut;
  layers: string[];
  value: Value;
  onChange: (value: Value) => void;
}

function SettingField({ setting, layers, value, onChange }: SettingFieldProps) {
  if (setting.kind === 'choice' || setting.kind === 'layer') {
    const data =
      setting.kind === 'choice'
        ? setting.choices
        : [{ value: '', label: 'the last' }, ...layers.toReversed()];
    return (
      <Select
        label={setting.title}
        description={setting.help}
        data={data}
        value={String(value)}
        onChange={(chosen) => chosen !== null && onChange(chosen)}
        allowDeselect={false}
        searchable={setting.kind === 'layer'}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
      />
    );
  }
  return (
    <NumberInput
      label={setting.title}
      description={setting.help}
      value={value}
      min={setting.minimum ?? undefined}
      max={setting.maximum ?? undefined}
      step={setting.step ?? 1}
      allowDecimal={setting.kind === 'number'}
      clampBehavior="none"
      onChange={onChange}
      error={wrongWith(setting, value)}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
    />
  );
}

-- Only Lua's base library is used: scripts in argocd-cm get no other unless useOpenLibs is set.
local conditions = {}
if obj.status ~= nil and obj.status.conditions ~= nil then
  for _, condition in ipairs(obj.status.conditions) do
    conditions[condition.type] = condition
  end
end
local ready = conditions["Ready"]
local message = ready ~= nil and ready.message or ""

if obj.metadata.deletionTimestamp ~= nil then
  if ready ~= nil and ready.reason == "DeletionBlocked" then
    return { status = "Degraded", message = message }
  end
  for _, finalizer in ipairs(obj.metadata.finalizers or {}) do
    if finalizer == "crossaccountlink.dev/cleanup" then
      return { status = "Progressing", message = "What the link added in AWS is being removed" }
    end
  end
  return { status = "Progressing", message = "The operator has released the link; finalizers of other controllers keep it" }
end
if obj.spec.suspend == true then
  return { status = "Suspended", message = "spec.suspend is true: nothing is checked or repaired" }
end
if obj.status == nil or obj.status.observedGeneration ~= obj.metadata.generation then
  return { status = "Progressing", message = "The operator has not seen this spec yet" }
end
if conditions["Stalled"] ~= nil and conditions["Stalled"].status == "True" then
  return { status = "Degraded", message = conditions["Stalled"].message }
end
if ready == nil or ready.status == "Unknown" then
  return { status = "Progressing", message = message }
end
if conditions["Reconciling"] ~= nil and conditions["Reconciling"].status == "True" then
  return { status = "Progressing", message = conditions["Reconciling"].message }
end
if ready.status == "True" then
  return { status = "Healthy", message = message }
end
return { status = "Degraded", message = message }

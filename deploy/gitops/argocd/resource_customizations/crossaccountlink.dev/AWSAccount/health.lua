-- Only Lua's base library is used: scripts in argocd-cm get no other unless useOpenLibs is set.
local ready = nil
if obj.status ~= nil and obj.status.conditions ~= nil then
  for _, condition in ipairs(obj.status.conditions) do
    if condition.type == "Ready" then
      ready = condition
    end
  end
end
local message = ready ~= nil and ready.message or ""

if obj.metadata.deletionTimestamp ~= nil then
  return { status = "Progressing", message = message }
end
if obj.status == nil or obj.status.observedGeneration ~= obj.metadata.generation then
  return { status = "Progressing", message = "The operator has not seen this spec yet" }
end
if ready == nil or ready.status == "Unknown" then
  return { status = "Progressing", message = message }
end
if ready.status == "True" then
  return { status = "Healthy", message = message }
end
return { status = "Degraded", message = message }

#include <nlohmann/json.hpp>

// See json_instances.h.
template class nlohmann::basic_json<>;
template class nlohmann::detail::iter_impl<const nlohmann::json>;
template class nlohmann::detail::json_ref<nlohmann::json>;

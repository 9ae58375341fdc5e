// The JSON value is instantiated once, in json_instances.cpp, and not again in every file: that was
// a third of a build. Part of the precompiled headers, so no file includes it.
#pragma once

#include <nlohmann/json.hpp>

extern template class nlohmann::basic_json<>;
extern template class nlohmann::detail::iter_impl<const nlohmann::json>;
extern template class nlohmann::detail::json_ref<nlohmann::json>;

// How pictures look: CSS for light, dark and paper, and the two widths that each is drawn in.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tracetax {

/// A picture is drawn twice, and CSS shows the one that fits: text stays 12 pixels high.
inline constexpr double kWidePicture = 720, kNarrowPicture = 350;

/// Classes of the root element: which of the two it is.
[[nodiscard]] std::string_view chart_css(double width);

/// The style sheet of all pictures: colours as variables, told apart by people who see few colours
/// (Okabe and Ito's), each with a shape of its own beside.
[[nodiscard]] std::string_view chart_style();

/// A picture as a file of its own, with the style sheet inside.
[[nodiscard]] std::string standalone_svg(std::string svg);

}  // namespace tracetax
